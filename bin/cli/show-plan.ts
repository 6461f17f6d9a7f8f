// Shows a plan on stdout, for people or programs.
import { styleText } from 'node:util';
import type { Plan } from '../../engine/plan/plan.ts';
import type { PlanStyle } from '../../engine/plan/render-plan.ts';
import { print } from './narrate.ts';

type Style = Parameters<typeof styleText>[0];

const colour = (style: Style) => (text: string) => styleText(style, text, { stream: process.stdout });

/** `styleText` itself honours NO_COLOR and pipes. */
export const planStyle: PlanStyle = {
  added: colour('green'),
  removed: colour('red'),
  changed: colour('yellow'),
  faint: colour('gray'),
  bold: colour('bold'),
};

export async function showPlan(plan: Plan, format: 'human' | 'json'): Promise<void> {
  if (format === 'json') {
    // What was asked for is long and the reader has it: only a saved plan carries it.
    const { desired, ...rest } = plan;
    const { owner, revision } = desired;
    return print(JSON.stringify({ ...rest, owner, revision }, null, 2));
  }
  const { renderPlan } = await import('../../engine/plan/render-plan.ts');
  process.stdout.write(renderPlan(plan, planStyle));
}
