// One keep-alive HTTP/1.1 connection that posts one prepared request after another: what costs a load generator least.
// It understands what the systems under test answer (a status, a Content-Length or chunks) and nothing else.

import { connect, type Socket } from 'node:net';

export type Connection = {
  /** Writes one whole request; resolves with the status once its answer is complete. One at a time. */
  post(request: Buffer): Promise<number>;
  close(): void;
};

/** A system that takes longer for one answer hangs: then the benchmark ends instead of waiting with it. */
const answerTimeoutMs = 20_000;

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/** The status of a complete answer at the start of `bytes`, or null while some of it is missing. */
export function readAnswer(bytes: Buffer): number | null {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/.exec(head);
  if (length !== null) return bytes.length >= end + 4 + Number(length[1]) ? status : null;
  if (!head.includes('\r\ntransfer-encoding: chunked')) return status;
  return bytes.subarray(-lastChunk.length).equals(lastChunk) ? status : null;
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let waiting: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null;
  let received = Buffer.alloc(0);
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = null;
  };
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const status = readAnswer(received);
    if (status === null) return;
    received = Buffer.alloc(0);
    const { resolve } = waiting ?? { resolve: () => {} };
    waiting = null;
    resolve(status);
  });
  socket.on('error', fail);
  socket.setTimeout(answerTimeoutMs, () => socket.destroy(new Error(`${url} does not answer`)));
  socket.on('close', () => fail(new Error(`${url} closed the connection`)));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    post: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => {
      socket.removeAllListeners('close');
      socket.destroy();
    },
  };
}
