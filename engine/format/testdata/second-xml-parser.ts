// XML as another parser reads it: saxes, which is strict and shares no code with ours.
import { SaxesParser } from 'saxes';

export type SecondElement = { readonly name: string; readonly attributes: readonly string[]; readonly children: SecondNode[] };
export type SecondNode = string | SecondElement;

/** The root element, or undefined when the document is not well-formed. */
export function readWithSecondParser(text: string): SecondElement | undefined {
  const root: SecondElement = { name: '', attributes: [], children: [] };
  const stack = [root];
  let failed = false;
  const parser = new SaxesParser({ position: false });
  const addText = (piece: string) => {
    const children = (stack.at(-1) as SecondElement).children;
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + piece;
    else if (piece !== '') children.push(piece);
  };
  parser.on('error', () => {
    failed = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: Object.entries(attributes).flat().map(String), children: [] };
    (stack.at(-1) as SecondElement).children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => stack.pop());
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  const [element] = root.children.filter((child) => typeof child !== 'string');
  return failed ? undefined : element;
}
