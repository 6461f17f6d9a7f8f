// @ts-nocheck
export const digest: string = ''; export const validate: any = () => true;
