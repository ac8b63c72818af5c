// Loopback ports: which one is asked for, whether it is free, and finding one that is.
// It may listen only for the moment of the question, and only on 127.0.0.1.

import { createServer } from 'node:net';

export const host = '127.0.0.1';

/** A port that cannot be had; the message says what can be done about it. */
export class PortBusyError extends Error {}

/** A port number, 0 meaning "any free one"; undefined for anything that is none. */
export function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : undefined;
}

/** The port given, or a free one for 0. Rejects with the system's error (EADDRINUSE) where it cannot be had. */
export function reservePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/**
 * As `reservePort`, for a person who chose the port.
 * @throws PortBusyError with the remedy, where it cannot be had.
 */
export async function requirePort(port: number, remedy: string): Promise<number> {
  try {
    return await reservePort(port);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE') {
      throw new PortBusyError(`Port ${port} is in use. ${remedy}`);
    }
    throw code === 'EACCES' ? new PortBusyError(`Port ${port} needs more rights. ${remedy}`) : error;
  }
}
