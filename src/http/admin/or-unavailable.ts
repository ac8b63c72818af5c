// What a handler answers when D1 does not: 503 with the time to come again, and a line in the log. Any other mistake goes on.

import type { Context } from 'hono';
import { limits } from '../../core/limits.ts';
import { PortError } from '../../pipeline/ports.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';

export async function orUnavailable(c: Context<HttpEnv>, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    c.get('services').telemetry.log('error', 'journal.unavailable', { error: error.message });
    return problem(c, 'journal_unavailable', {
      headers: { 'retry-after': String(limits.retryAfterSeconds) },
    });
  }
}
