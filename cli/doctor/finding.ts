// What one look of the doctor came to: good, worth a look, or wrong, and then what to do. Pure.

import { printable } from '../terminal/printable.ts';
import { type Colour, coloured } from '../terminal/table.ts';

export type Finding = {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do; null where nothing is to be done. */
  readonly advice: string | null;
};

export function good(name: string, detail: string): Finding {
  return { name, status: 'ok', detail, advice: null };
}

export function warning(name: string, detail: string, advice: string): Finding {
  return { name, status: 'warning', detail, advice };
}

export function bad(name: string, detail: string, advice: string): Finding {
  return { name, status: 'failed', detail, advice };
}

const marks: Readonly<Record<Finding['status'], readonly [string, Colour]>> = {
  ok: ['ok     ', 'green'],
  warning: ['warning', 'yellow'],
  failed: ['FAILED ', 'red'],
};

export function renderFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ name, status, detail, advice }) => {
    const [mark, colour] = marks[status];
    const first = `${coloured(mark, colour)} ${printable(`${name}: ${detail}`)}`;
    return advice === null ? [first] : [first, printable(`        ${advice}`)];
  });
  const failed = findings.filter(({ status }) => status === 'failed').length;
  const warned = findings.filter(({ status }) => status === 'warning').length;
  return [...lines, '', `${findings.length} checks, ${failed} failed, ${warned} warnings.`].join('\n');
}
