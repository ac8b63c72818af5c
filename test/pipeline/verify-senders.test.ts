// Every sender's request, genuine and attacked, through the real stage 2. Signed with node:crypto, verified with WebCrypto.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Sender } from '../../scripts/lib/senders.ts';
import { throwawayKeys } from '../../scripts/lib/vectors/throwaway-keys.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { ReceivedRequest, SourceRuntime } from '../../src/core/source.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { noon } from '../support/requests.ts';
import { keysOf, receivedBy, senderCases, signedBy, sourceOf, subject } from '../support/sender-cases.ts';

const keys = createKeyCache();
const dayMs = 86_400_000;
const toPem = { type: 'spki', format: 'pem' } as const;
const foreignEc = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export(toPem).toString();
const foreignRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(toPem).toString();
const timely = ['timestamp_too_old', 'timestamp_too_new', 'token_expired'];

async function outcomeOf(sender: Sender, request: ReceivedRequest, source: SourceRuntime = sourceOf(sender)) {
  const result = await verify(request, source, { keys, remoteKeys: keysOf(sender) });
  if (result.ok) return result.value.kind === 'handshake' ? 'handshake' : result.value.request.verifiedWith;
  return result.error.kind === 'unverified' ? result.error.reason : result.error.kind;
}

/** Another secret of the same form, so that it could be one. */
const otherSecrets: Readonly<Partial<Record<Sender, string>>> = {
  'standard-webhooks': 'whsec_plJ3nmyCDGBKInavdOK15jsl',
  adyen: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
  'adyen-platform': 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
  sns: 'arn:aws:sns:eu-west-1:123456789012:returns',
  sendgrid:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZhhxXKtR+TOvtDbgTPCkSof02qgBB7IsYOyf76ilExJ/upAa/vKIKheOoCyOpcLmi4t0b4uepb7LLjmMr90FUg==',
  discord: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
};
const otherSecret = (sender: Sender): string => otherSecrets[sender] ?? 'another-secret';

const withHeader = (request: ReceivedRequest, name: string, value: string): ReceivedRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

function withoutHeaders(request: ReceivedRequest, names: readonly string[]): ReceivedRequest {
  const kept = Object.entries(request.headers).filter(([name]) => !names.includes(name));
  return { ...request, headers: Object.fromEntries(kept) };
}

const secretIsUnused: readonly Sender[] = ['ebay'];
const withHeaders = senderCases.filter(({ signatureHeaders }) => signatureHeaders.length > 0);
const withTime = senderCases.flatMap((each) =>
  each.timestampHeader === null ? [] : [{ ...each, name: each.timestampHeader }],
);
const everyHeader = withHeaders.flatMap((each) => each.signatureHeaders.map((name) => ({ ...each, name })));

describe.each(senderCases)('a request of $sender', ({ sender, checksAge }) => {
  const genuine = receivedBy(signedBy(sender));
  const { configured } = throwawayKeys(sender);
  const unused = secretIsUnused.includes(sender);

  it('is verified', async () => {
    expect(await outcomeOf(sender, genuine)).toBe('current');
  });

  it('is refused with another secret, and with an empty one', async () => {
    const other = await outcomeOf(sender, genuine, sourceOf(sender, { current: otherSecret(sender) }));
    expect(unused ? ['current'] : ['mismatch', 'not_ours']).toContain(other);
    for (const current of ['', ' ']) {
      const empty = await outcomeOf(sender, genuine, sourceOf(sender, { current }));
      expect(empty).toBe(unused ? 'current' : 'secret_unusable');
    }
  });

  it('is verified with the previous secret until that is dropped', async () => {
    const rotated = sourceOf(sender, { current: otherSecret(sender), previous: configured });
    expect(await outcomeOf(sender, genuine, rotated)).toBe(unused ? 'current' : 'previous');
  });

  it(`a day off is ${checksAge ? 'refused' : 'accepted, as its sender signs no time'}`, async () => {
    for (const offset of [-dayMs, dayMs]) {
      const request = receivedBy(signedBy(sender, { now: noon + offset, occurredAt: noon + offset }));
      expect(checksAge ? timely : ['current']).toContain(await outcomeOf(sender, request));
    }
  });

  it('proves nothing as a GET', async () => {
    const outcome = await outcomeOf(sender, { ...genuine, method: 'GET' });
    expect(['no_handshake', 'mismatch']).toContain(outcome);
  });
});

describe.each(senderCases.filter(({ signs }) => signs !== 'nothing'))(
  'the contents of a request of $sender',
  ({ sender, signs }) => {
    const signed = signedBy(sender);
    const outcomeWith = (body: string) => outcomeOf(sender, receivedBy({ ...signed, body }));

    it('cannot be changed', async () => {
      const body = signed.body.replaceAll(subject.slice(1), '6666');
      expect(body).not.toBe(signed.body);
      expect(await outcomeWith(body)).toBe('mismatch');
    });

    it(`${signs === 'body' ? 'cannot' : 'can'} be written in other bytes`, async () => {
      // Where an account is read from the body first, a broken body is for no account.
      const refused = ['mismatch', 'not_ours', 'malformed_body'];
      expect(signs === 'body' ? refused : ['current']).toContain(await outcomeWith(`${signed.body} `));
      expect(refused).toContain(await outcomeWith(signed.body.slice(0, -1)));
    });
  },
);

describe.each(senderCases.filter(({ secretSigns }) => !secretSigns))(
  'a request of $sender, whose keys are its own,',
  ({ sender }) => {
    it('is refused when it is signed with another key', async () => {
      const foreign = sender === 'ebay' || sender === 'plaid' ? foreignEc : foreignRsa;
      const request = receivedBy(signedBy(sender));
      const result = await verify(request, sourceOf(sender), { keys, remoteKeys: keysOf(sender, foreign) });
      expect(result).toMatchObject({ ok: false, error: { reason: 'mismatch' } });
    });

    it('is refused where its sender has no such key, and not decided where the key cannot be had', async () => {
      const request = receivedBy(signedBy(sender));
      const answers = (error: 'not_found' | 'unavailable') => {
        const read = async () => ({ ok: false, error }) as const;
        return verify(request, sourceOf(sender), { keys, remoteKeys: { read, visit: read } });
      };
      expect(await answers('not_found')).toMatchObject({
        error: { kind: 'unverified', reason: 'key_unknown' },
      });
      expect(await answers('unavailable')).toMatchObject({
        error: { kind: 'undecided', reason: 'key_unavailable' },
      });
    });
  },
);

describe.each(withHeaders)('the signature of $sender', ({ sender, signatureHeaders }) => {
  const genuine = receivedBy(signedBy(sender));
  const all = (change: (value: string) => string) =>
    signatureHeaders.reduce(
      (from, name) => withHeader(from, name, change(from.headers[name] ?? '')),
      genuine,
    );

  it('may not be missing or empty', async () => {
    expect(await outcomeOf(sender, withoutHeaders(genuine, signatureHeaders))).toBe('missing_signature');
    expect(
      await outcomeOf(
        sender,
        all(() => ''),
      ),
    ).toBe('missing_signature');
    expect(
      await outcomeOf(
        sender,
        all(() => '   '),
      ),
    ).toBe('missing_signature');
  });

  it('may not be oversized or cut', async () => {
    expect(
      await outcomeOf(
        sender,
        all(() => 'a'.repeat(9_000)),
      ),
    ).toBe('signature_too_long');
    for (const cut of [1, 4, 12]) {
      const outcome = await outcomeOf(
        sender,
        all((value) => value.slice(0, -cut)),
      );
      expect(['malformed_signature', 'missing_signature', 'mismatch']).toContain(outcome);
    }
  });
});

describe.each(everyHeader)('the header $name of $sender', ({ sender, name, signatureHeaders }) => {
  const genuine = receivedBy(signedBy(sender));
  const value = genuine.headers[name] ?? '';
  const others = signatureHeaders.filter((other) => other !== name);
  const alone = sender === 'docusign' ? genuine : withoutHeaders(genuine, others);

  it(`that came twice is ${sender === 'mollie' ? 'two signatures' : 'refused'}, apart and joined`, async () => {
    const apart = await outcomeOf(sender, { ...alone, repeatedHeaders: [name] });
    const joined = await outcomeOf(sender, withHeader(alone, name, `${value}, ${value}`));
    const refused = ['repeated_header', 'malformed_signature', 'mismatch', 'missing_signature'];
    expect(apart).toBe(sender === 'mollie' ? 'current' : 'repeated_header');
    expect(sender === 'mollie' ? ['current'] : refused).toContain(joined);
  });
});

describe.each(withTime)('the time of $sender', ({ sender, name }) => {
  const genuine = receivedBy(signedBy(sender));
  const outcomeWith = (text: string) => outcomeOf(sender, withHeader(genuine, name, text));

  it('may not be anything but a time', async () => {
    for (const text of ['abc', '-1', '1e9', '0x10', ' 1', '1.5', '9'.repeat(20)]) {
      expect(await outcomeWith(text)).toBe('timestamp_malformed');
    }
    expect(['timestamp_missing', 'missing_header']).toContain(await outcomeWith(''));
    expect(await outcomeOf(sender, { ...genuine, repeatedHeaders: [name] })).toBe('repeated_header');
  });

  it('may not be another than the signed one', async () => {
    const later = receivedBy(signedBy(sender, { now: noon + 5_000 }));
    expect(await outcomeWith(later.headers[name] ?? '')).toBe('mismatch');
  });
});

describe('a sender whose URL carries a token', () => {
  const tokened: readonly Sender[] = ['plaid', 'shipstation', 'mollie-classic', 'shippo-by-token', 'odoo'];

  it.each(tokened)('%s is refused without it, with another, and with two', async (sender) => {
    const genuine = receivedBy(signedBy(sender));
    const at = (url: string) => outcomeOf(sender, { ...genuine, url });
    expect(await at('/hooks/shop')).toBe('missing_signature');
    expect(await at('/hooks/shop?token=')).toBe('missing_signature');
    expect(await at('/hooks/shop?token=other')).toBe('mismatch');
    expect(await at(`${genuine.url}&token=other`)).toBe('repeated_header');
    expect(await at(`/hooks/shop?token=${'a'.repeat(3_000)}`)).toBe('signature_too_long');
  });
});
