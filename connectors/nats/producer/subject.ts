// Renders the subject of a message, and refuses what message data must not make of it.
import { type ConnectorContext, type Message, PermanentError } from '../../../engine/connector/index.ts';

/** Tokens without white space, wildcards and control characters; none of them empty. */
const subjectForm = /^[^\s\p{Cc}*>.]+(?:\.[^\s\p{Cc}*>.]+)*$/u;
/** Of a server a whole command line is 4096 bytes at most. */
const longest = 1024;
/** JetStream's and the system's own, and other people's replies. */
const reserved = /^(?:\$|_INBOX\.)/;

/** Answers a function that throws PermanentError for what is no subject, or one of the server's own that the author did not write. */
export function compileSubject(
  source: string,
  context: Pick<ConnectorContext, 'template'>,
): (message: Message) => string | Promise<string> {
  const template = context.template(source);
  const mayBeReserved = reserved.test(source);
  const checked = (subject: string): string => {
    const isFit =
      subjectForm.test(subject) && subject.isWellFormed() && Buffer.byteLength(subject) <= longest;
    if (isFit && (mayBeReserved || !reserved.test(subject))) return subject;
    throw new PermanentError(`${JSON.stringify(subject.slice(0, 200))} is not a subject to publish to`);
  };
  let last: string | undefined;
  return (message) => {
    const subject = template.render(message);
    if (typeof subject !== 'string') return subject.then(checked);
    // Most producers have one subject.
    if (subject !== last) last = checked(subject);
    return last;
  };
}
