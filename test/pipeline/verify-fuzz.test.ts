// Whatever arrives, for whatever sender, stage 2 answers with a value: it does not throw, it takes nothing for genuine that
// is not, and only a key server that gives no answer can make it undecided.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { RemoteKeys } from '../../src/core/signature/remote-keys.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { bytes, noon } from '../support/requests.ts';
import { keysOf, receivedBy, senderCases, signedBy, sourceOf } from '../support/sender-cases.ts';

const keys = createKeyCache();

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    ',',
    '=',
    't=1,v1=',
    'v1,',
    'sha256=',
    'Bearer ',
    'Basic ',
    '{}',
    'a.b.c',
    '__proto__',
  ),
  fc.base64String({ maxLength: 400 }),
);

const oddBody = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((data) => new Uint8Array(data)),
  fc.json({ maxDepth: 4 }).map(bytes),
  fc
    .constantFrom(
      '[]',
      '{}',
      'null',
      '"x"',
      '{"value":[{}]}',
      '{"notificationItems":[null]}',
      'a=1&a=2',
      '[[[',
    )
    .map(bytes),
);

const oddUrl = fc.oneof(
  fc.constantFrom(
    '/hooks/shop',
    '/hooks/shop?',
    '/hooks/shop?token=',
    '/hooks/shop?token=%',
    '?&&=&token=a&token=b',
  ),
  fc.string({ maxLength: 40 }).map((query) => `/hooks/shop?${query}`),
);

/** Answers like a key server that nobody can rely on. */
function oddKeys(text: string): RemoteKeys {
  return {
    read: async ({ url, allows }) =>
      URL.canParse(url) && allows(new URL(url))
        ? { ok: true, value: text }
        : { ok: false, error: 'not_allowed' },
    visit: async () => ({ ok: false, error: 'not_allowed' }),
  };
}

describe.each(senderCases)('anything sent as if by $sender', ({ sender, signs }) => {
  const genuine = receivedBy(signedBy(sender));
  const names = fc.constantFrom(...Object.keys(genuine.headers), 'content-type', '__proto__');

  it('is answered with a value, and is not genuine', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          headers: fc.dictionary(names, oddText),
          keep: fc.boolean(),
          body: oddBody,
          url: oddUrl,
          method: fc.constantFrom('POST' as const, 'GET' as const),
          repeatedHeaders: fc.array(names, { maxLength: 2 }),
          document: oddText,
        }),
        async ({ headers, keep, body, document, ...parts }) => {
          const own = keep ? { ...genuine.headers, ...headers } : headers;
          const request = { ...genuine, ...parts, headers: own, body };
          const result = await verify(request, sourceOf(sender), { keys, remoteKeys: oddKeys(document) });
          const shown = signs === 'nothing' && keep;
          if (result.ok) expect(shown || result.value.kind === 'handshake').toBe(true);
          else
            expect(
              shown
                ? ['unverified', 'no_handshake', 'unparsable', 'undecided']
                : ['unverified', 'no_handshake', 'undecided'],
            ).toContain(result.error.kind);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that is genuine is answered with a value whatever its body says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const request = receivedBy(signedBy(sender, { payload: JSON.stringify(value) }));
        const result = await verify(request, sourceOf(sender), { keys, remoteKeys: keysOf(sender) });
        if (!result.ok) expect(['unparsable', 'unverified']).toContain(result.error.kind);
      }),
      { numRuns: 30 },
    );
  });

  it('with any secret at all is answered with a value', async () => {
    await fc.assert(
      fc.asyncProperty(oddText, async (current) => {
        const source = sourceOf(sender, { current, previous: current });
        const result = await verify({ ...genuine, receivedAt: noon }, source, {
          keys,
          remoteKeys: keysOf(sender),
        });
        if (!result.ok) expect(result.error.kind).toBe('unverified');
        expect(typeof source.preset.scheme.secretProblem(current)).toMatch(/string|object/);
      }),
      { numRuns: 30 },
    );
  });
});
