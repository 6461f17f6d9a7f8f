// Writes dates for the picture strings that most people use; what is rarer is left to the package.

type Part = (date: Date) => string;
type Format = (date: Date) => string;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const ISO = '[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]Z';

const numbers: Readonly<Record<string, (date: Date) => number>> = {
  Y: (date) => date.getUTCFullYear(),
  M: (date) => date.getUTCMonth() + 1,
  D: (date) => date.getUTCDate(),
  H: (date) => date.getUTCHours(),
  h: (date) => date.getUTCHours() % 12 || 12,
  m: (date) => date.getUTCMinutes(),
  s: (date) => date.getUTCSeconds(),
  f: (date) => date.getUTCMilliseconds(),
};

/** Minutes and seconds have two digits unless the picture says otherwise. */
const USUAL_WIDTH: Readonly<Record<string, number>> = { m: 2, s: 2 };

const names: Readonly<Record<string, (date: Date) => string>> = {
  M: (date) => MONTHS[date.getUTCMonth()] as string,
  F: (date) => DAYS[date.getUTCDay()] as string,
};

/** Of four digits, as every picture writes them. */
const FIRST = Date.UTC(1000, 0);
const LAST = Date.UTC(10_000, 0) - 1;

/** What is longer may take more time than there is: the package is asked under guard. */
const LONGEST = 256;
const MOST = 256;
const known = new Map<string, Format | undefined>();

/** Undefined where the package has to be asked. */
export function formatDate(millis: number, picture: string = ISO): string | undefined {
  if (!(millis >= FIRST && millis <= LAST) || picture.length > LONGEST) return undefined;
  let format = known.get(picture);
  if (format === undefined && !known.has(picture)) {
    format = compileFormat(picture);
    if (known.size < MOST) known.set(picture, format);
  }
  return format?.(new Date(millis));
}

function compileFormat(picture: string): Format | undefined {
  const pieces = picture.split(/(\[[^[\]]*\])/);
  const parts: Part[] = [];
  for (const [index, piece] of pieces.entries()) {
    const part = index % 2 === 1 ? compileMarker(piece.slice(1, -1)) : compileLiteral(piece);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return (date) => {
    let text = '';
    for (let index = 0; index < parts.length; index += 1) text += (parts[index] as Part)(date);
    return text;
  };
}

function compileLiteral(text: string): Part | undefined {
  return text.includes('[') || text.includes(']') ? undefined : () => text;
}

function compileMarker(marker: string): Part | undefined {
  const component = marker.charAt(0);
  const presentation = marker.slice(1);
  const name = names[component];
  if (name !== undefined && (presentation === 'Nn' || presentation === 'N')) {
    return presentation === 'N' ? (date) => name(date).toUpperCase() : name;
  }
  const number = numbers[component];
  if (number === undefined || !/^(?:0{0,3}1)?$/.test(presentation)) return undefined;
  const width = presentation === '' ? (USUAL_WIDTH[component] ?? 1) : presentation.length;
  if (component === 'Y' && width > 1) return (date) => padded(number(date) % 10 ** width, width);
  return width === 1 ? (date) => String(number(date)) : (date) => padded(number(date), width);
}

function padded(value: number, width: number): string {
  const text = String(value);
  return text.length >= width ? text : '0'.repeat(width - text.length) + text;
}
