// What a command knows of the machine it runs on, gathered in one place so that nothing else reaches for it. Types alone.

import type { ReadStream, WriteStream } from 'node:tty';

/** Either may be a pipe or a file. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

export type World = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The project this command belongs to: its integrations, its local secrets. */
  readonly repository: string;
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Epoch ms. */
  now(): number;
};
