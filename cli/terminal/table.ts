// Tables and lists of fields as text, in the columns of the terminal or of a pipe. Everything that goes into a cell is made
// printable here; colours are put on afterwards. Writes nothing.

import { styleText } from 'node:util';
import Table from 'cli-table3';
import { printableLine } from './printable.ts';

export type Cell = string | number | boolean | null | undefined;

export type Column<Row> = {
  readonly head: string;
  readonly of: (row: Row) => Cell;
  readonly colour?: (row: Row) => Colour;
  /** Longer text is cut. Absent: it is shown whole. */
  readonly max?: number;
};

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | null;

const noLines = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** NO_COLOR, FORCE_COLOR and whether standard output is a terminal are looked at by Node itself. */
export function coloured(text: string, colour: Colour): string {
  return colour === null ? text : styleText(colour, text, { stream: process.stdout });
}

export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return 'None.';
  const table = new Table({
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(columns.map(({ head }) => coloured(head, 'dim')));
  for (const row of rows) table.push(columns.map((column) => renderCell(row, column)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function renderCell<Row>(row: Row, { of, colour, max }: Column<Row>): string {
  const text = toText(of(row));
  const shown = max !== undefined && text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return coloured(shown, colour?.(row) ?? null);
}

export function toText(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return printableLine(String(cell));
}

/** Of one thing; what it has not is left out. */
export function renderFields(fields: Readonly<Record<string, Cell>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${coloured(name.padEnd(width), 'dim')}  ${toText(value)}`).join('\n');
}

/** What a person looks for first. */
export function statusColour(status: string): Colour {
  if (['dead_lettered', 'open', 'critical', 'failed', 'revoked', 'disabled'].includes(status)) return 'red';
  if (['held', 'scheduled', 'half_open', 'warning', 'acknowledged', 'expired'].includes(status))
    return 'yellow';
  return ['succeeded', 'resolved', 'closed', 'active', 'ok'].includes(status) ? 'green' : null;
}
