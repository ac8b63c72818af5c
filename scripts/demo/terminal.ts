// How the demo writes: headings, one line a step, tables. Colours only on a terminal that wants them.
// It knows nothing of what it writes.

export type Paint = 'bold' | 'dim' | 'green' | 'red';

const codes: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  red: [31, 39],
};

export type Step = {
  /** Who sends or answers: `shopify`, `ERP`. */
  readonly who: string;
  readonly what: string;
  readonly detail: string;
  readonly answer: string;
  readonly isGood: boolean;
  readonly tookMs: number;
};

export type Terminal = ReturnType<typeof createTerminal>;

/** Widths of the first columns, characters; what is longer is written whole and moves the rest. */
const widths = { who: 11, what: 24, detail: 43, answer: 15 } as const;

export function createTerminal(options: {
  readonly write: (text: string) => void;
  readonly hasColours: boolean;
}) {
  const { write, hasColours } = options;
  const paint = (text: string, how: Paint): string => {
    const [on, off] = codes[how];
    return hasColours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
  const line = (text = ''): void => write(`${text}\n`);
  return {
    paint,
    line,
    heading: (text: string): void => line(`\n${paint(text, 'bold')}`),
    note: (text: string): void => line(`  ${text}`),
    step: ({ who, what, detail, answer, isGood, tookMs }: Step): void => {
      const columns = [who.padEnd(widths.who), what.padEnd(widths.what), detail.padEnd(widths.detail)];
      const shown = paint(answer.padEnd(widths.answer), isGood ? 'green' : 'red');
      line(`  ${columns.join(' ')} ${shown} ${paint(`${Math.round(tookMs)} ms`.padStart(8), 'dim')}`);
    },
    /** The first row is the heading. Columns are as wide as their widest cell. */
    table: (rows: readonly (readonly string[])[]): void => {
      const [heading = []] = rows;
      const columns = heading.map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
      for (const [place, row] of rows.entries()) {
        const text = columns.map((width, index) => (row[index] ?? '').padEnd(width)).join('  ');
        line(`  ${place === 0 ? paint(text.trimEnd(), 'dim') : text.trimEnd()}`);
      }
    },
  };
}

/** No colours where the output is no terminal or NO_COLOR says so (https://no-color.org). */
export function wantsColours(stream: { readonly isTTY?: boolean }, noColor: string | undefined): boolean {
  return stream.isTTY === true && (noColor === undefined || noColor === '');
}
