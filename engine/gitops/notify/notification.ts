// Tells others what becomes of a source: a webhook, and the state of commits on GitHub and GitLab.
import { createHmac } from 'node:crypto';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { SourceEvent } from '../loop/source-loop.ts';

export type NotificationTarget =
  | { readonly type: 'webhook'; readonly url: string; readonly secret?: string }
  | { readonly type: 'github'; readonly repository: string; readonly token: string; readonly api: string }
  | { readonly type: 'gitlab'; readonly project: string; readonly token: string; readonly api: string };

/** An HTTP request, ready to be sent. */
export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What to send for an event; undefined when this target does not want to hear of it. */
export function requestFor(
  target: NotificationTarget,
  source: string,
  event: SourceEvent,
): OutgoingRequest | undefined {
  if (event.kind !== 'transition') return undefined;
  switch (target.type) {
    case 'webhook':
      return webhookRequest(target, source, event);
    case 'github':
      return githubRequest(target, source, event);
    case 'gitlab':
      return gitlabRequest(target, source, event);
  }
}

type TransitionEvent = Extract<SourceEvent, { kind: 'transition' }>;

function webhookRequest(
  { url, secret }: Extract<NotificationTarget, { type: 'webhook' }>,
  source: string,
  { transition, revision, help }: TransitionEvent,
): OutgoingRequest {
  const { type, status, reason, message, lastTransitionTime } = transition.condition;
  const body = JSON.stringify({
    source,
    condition: type,
    status,
    from: transition.from ?? null,
    reason,
    message,
    help: help ?? null,
    revision: revision?.label ?? null,
    time: lastTransitionTime,
  });
  const signature =
    secret === undefined
      ? {}
      : { 'x-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
  return { url, headers: { 'content-type': 'application/json', ...signature }, body };
}

interface CommitState {
  readonly commit: string;
  readonly state: 'pending' | 'success' | 'failure';
  readonly description: string;
}

/** Only of commits, and only what decides about them. */
function commitState({ transition, revision }: TransitionEvent): CommitState | undefined {
  if (revision === undefined || !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(revision.id)) return undefined;
  const { type, status, message } = transition.condition;
  const description = message.slice(0, 140);
  if (type === 'Reconciling' && status === 'True')
    return { commit: revision.id, state: 'pending', description };
  if (type !== 'Ready') return undefined;
  return { commit: revision.id, state: status === 'True' ? 'success' : 'failure', description };
}

/** https://docs.github.com/rest/commits/statuses */
function githubRequest(
  { repository, token, api }: Extract<NotificationTarget, { type: 'github' }>,
  source: string,
  event: TransitionEvent,
): OutgoingRequest | undefined {
  const found = commitState(event);
  if (found === undefined) return undefined;
  const { commit, state, description } = found;
  return {
    url: `${api.replace(/\/$/, '')}/repos/${repository}/statuses/${commit}`,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': 'vrsky',
      'x-github-api-version': '2022-11-28',
    },
    body: JSON.stringify({ state, description, context: `vrsky/${source}` }),
  };
}

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
function gitlabRequest(
  { project, token, api }: Extract<NotificationTarget, { type: 'gitlab' }>,
  source: string,
  event: TransitionEvent,
): OutgoingRequest | undefined {
  const found = commitState(event);
  if (found === undefined) return undefined;
  const states = { pending: 'running', success: 'success', failure: 'failed' } as const;
  return {
    url: `${api.replace(/\/$/, '')}/projects/${encodeURIComponent(project)}/statuses/${found.commit}`,
    headers: { 'content-type': 'application/json', 'private-token': token, 'user-agent': 'vrsky' },
    body: JSON.stringify({
      state: states[found.state],
      name: `vrsky/${source}`,
      description: found.description,
    }),
  };
}

/** Sends it; throws a VrskyError that says whether trying again may help. */
export async function send(request: OutgoingRequest, signal: AbortSignal): Promise<void> {
  const { url, headers, body } = request;
  let response: Response;
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: limited });
    await response.body?.cancel();
  } catch (cause) {
    throw new VrskyError('VRS7026', `${hostOf(url)} was not told: ${(cause as Error).message}`, {
      retryable: true,
      cause,
    });
  }
  if (response.ok) return;
  // GitLab refuses a state that the commit has already.
  if (response.status === 400 && 'private-token' in headers) return;
  const retryable = response.status >= 500 || response.status === 429;
  throw new VrskyError('VRS7026', `${hostOf(url)} was not told: it answered ${response.status}`, {
    retryable,
  });
}

/** Paths of webhooks are secrets at times. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a notification target';
}
