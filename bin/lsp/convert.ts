// Between the engine's data and that of the Language Server Protocol.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  DiagnosticSeverity,
  type Diagnostic as LspDiagnostic,
  type Position as LspPosition,
  type Range as LspRange,
} from 'vscode-languageserver/node';
import type { Diagnostic, Range, Severity } from '../../engine/diagnostics/diagnostic.ts';
import type { QuickFix } from '../../engine/editor/fixes.ts';
import type { Proposal } from '../../engine/editor/proposal.ts';
import type { Files } from './files.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

const kinds: Readonly<Record<Proposal['kind'], CompletionItemKind>> = {
  name: CompletionItemKind.Reference,
  function: CompletionItemKind.Function,
  variable: CompletionItemKind.Variable,
  field: CompletionItemKind.Field,
};

/** Fields stand before what is always there. */
const order: readonly Proposal['kind'][] = ['name', 'field', 'variable', 'function'];

export function toRange({ start, end }: Range): LspRange {
  const position = ({ line, column }: Range['start']) => ({ line: line - 1, character: column - 1 });
  return { start: position(start), end: position(end) };
}

/** `pages` is the folder with a page per code. */
export function toDiagnostic(
  { code, severity, message, help, range, related = [] }: Diagnostic,
  files: Files,
  pages: string,
): LspDiagnostic {
  return {
    source: 'vrsky',
    code,
    codeDescription: { href: pathToFileURL(path.join(pages, `${code}.md`)).href },
    severity: severities[severity],
    range: toRange(range),
    message: help === undefined ? message : `${message}\n${help}`,
    relatedInformation: related.map((one) => ({
      location: { uri: files.uri(one.file), range: toRange(one.range) },
      message: one.message,
    })),
  };
}

export function toCompletionItem(proposal: Proposal, position: LspPosition): CompletionItem {
  const { kind, label, detail, about, replaces } = proposal;
  const start = { line: position.line, character: position.character - replaces };
  return {
    label,
    kind: kinds[kind],
    sortText: `${order.indexOf(kind)}${label}`,
    ...(detail === undefined ? {} : { detail }),
    ...(about === undefined ? {} : { documentation: { kind: 'markdown', value: about } }),
    textEdit: { range: { start, end: position }, newText: label },
  };
}

export function toCodeAction(
  { fix, diagnostic }: QuickFix,
  uri: string,
  show: (diagnostic: Diagnostic) => LspDiagnostic,
): CodeAction {
  return {
    title: fix.title,
    kind: diagnostic === undefined ? CodeActionKind.RefactorRewrite : CodeActionKind.QuickFix,
    ...(diagnostic === undefined ? {} : { diagnostics: [show(diagnostic)], isPreferred: true }),
    edit: { changes: { [uri]: [{ range: toRange(fix.range), newText: fix.text }] } },
  };
}
