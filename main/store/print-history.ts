// How an exported history is written: JSON Lines, which can be imported again, and a page of HTML for reading.
import type { HistoryRecord } from './history-job.ts';

/** The first line of the JSON Lines: what the file is. */
export const HISTORY_FORMAT = 'watchword-history';
export const HISTORY_VERSION = 1;

export function printHistoryStart(): string {
  return `${JSON.stringify({ format: HISTORY_FORMAT, version: HISTORY_VERSION })}\n`;
}

export function printRecordLine(record: HistoryRecord): string {
  return `${JSON.stringify(record)}\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** SECURITY: texts come from strangers. Control characters that HTML does not allow become U+FFFD. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '').replace(/(?![\t\n])[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
}

const STYLE = `:root{color-scheme:light dark;--text:#1b1c1d;--quiet:#5c6166;--ground:#fff;--in:#eef0f2;--out:#dbeafe;--failed:#b3261e}
@media (prefers-color-scheme:dark){:root{--text:#e8eaed;--quiet:#a3a9af;--ground:#17181a;--in:#26282b;--out:#1f3a5f;--failed:#ff8a80}}
body{margin:0 auto;max-width:46rem;padding:1.5rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
h2{margin:2.5rem 0 1rem;font-size:1.2rem;overflow-wrap:anywhere}
article{margin:.5rem 20% .5rem 0;padding:.5rem .8rem;border-radius:.7rem;background:var(--in)}
article.out{margin:.5rem 0 .5rem 20%;background:var(--out)}
p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
header{color:var(--quiet);font-size:.85rem}
.failed{color:var(--failed)}
@media print{article{break-inside:avoid}}`;

export function printPageStart(): string {
  // SECURITY: the policy forbids whatever an escape should have missed.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Message history</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>Message history</h1>
`;
}

export const PAGE_END = '</body>\n</html>\n';

export function printConversationStart({ account, address, displayName }: HistoryRecord): string {
  const name = displayName === '' ? '' : `${escapeHtml(displayName)} · `;
  return `<h2>${name}${escapeHtml(address)} <small>(${escapeHtml(account)})</small></h2>\n`;
}

/** A time as a person reads it in any country, UTC. */
function printTime(atMs: number): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return '';
  const iso = date.toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

export function printRecordHtml(record: HistoryRecord): string {
  const who = record.direction === 'out' ? record.account : record.displayName || record.address;
  const failure = record.failure === undefined ? '' : ` <span class="failed">not sent: ${escapeHtml(record.failure.reason)}</span>`;
  return `<article class="${record.direction}"><header>${escapeHtml(who)} ${printTime(record.sentAtMs)}${failure}</header><p>${escapeHtml(record.text)}</p></article>\n`;
}
