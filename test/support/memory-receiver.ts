// A receiver of notices in memory: keeps what it is sent and answers as it is told, 204 until then.

import type { Publishing } from '../../src/pipeline/perform-publish.ts';

export type ReceivedNotice = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export function createMemoryReceiver(
  received: ReceivedNotice[],
  answerOf: () => number | null = () => 204,
  origins: readonly string[] = [],
): Publishing['sender'] {
  return {
    origins,
    send: async (notice) => {
      received.push(notice);
      const status = answerOf();
      const { url, body } = notice;
      return {
        status,
        exchange: {
          ...{ at: 0, method: 'POST', url, requestBody: body, status, responseBody: null, durationMs: 1 },
          failure: status === null ? 'the connection was cut' : null,
        },
      };
    },
  };
}
