// A definition of a scheme that proves nothing does not start, and says which field broke which rule.
import { describe, expect, it } from 'vitest';
import { type HmacSchemeOptions, hmacScheme } from '../../../src/core/signature/hmac-scheme.ts';

const plain: HmacSchemeOptions = { name: 'warehouse', header: 'X-Sig' };
const timed: HmacSchemeOptions = { ...plain, signed: '{timestamp}.{body}', timestamp: { header: 'X-Time' } };

describe('an HMAC scheme', () => {
  it('signs the body in hex with SHA-256 where nothing else is said', () => {
    expect(hmacScheme(plain).row).toEqual({
      name: 'warehouse',
      algorithm: 'hmac',
      hash: 'SHA-256',
      encoding: 'hex',
      secretForm: 'text',
      place: { kind: 'header', name: 'x-sig', prefix: '', prefixOptional: false },
      signed: [{ kind: 'raw' }],
      timestamp: null,
      requiredHeaders: [],
    });
  });

  it('reads the signed content from a template', () => {
    const scheme = hmacScheme({ ...timed, signed: 'v0:{timestamp}:{method}{header:X-Id}:{body}!' }).row;
    expect(scheme.signed).toEqual([
      { kind: 'text', text: 'v0:' },
      { kind: 'timestamp' },
      { kind: 'text', text: ':' },
      { kind: 'method' },
      { kind: 'header', name: 'x-id' },
      { kind: 'text', text: ':' },
      { kind: 'raw' },
      { kind: 'text', text: '!' },
    ]);
    expect(scheme.requiredHeaders).toEqual(['x-id']);
    expect(scheme.timestamp).toEqual({
      header: 'x-time',
      unit: 's',
      pastToleranceSeconds: 300,
      futureToleranceSeconds: 300,
    });
  });

  it.each([
    [{ ...plain, header: 'not a name' }, 'header "not a name" must be a header name'],
    [{ ...plain, header: '' }, 'header "" must be a header name'],
    [{ ...plain, signed: 'static' }, 'signed must contain the body'],
    [{ ...plain, signed: '{timestamp}{body}' }, 'timestamp must say where {timestamp} is read'],
    [{ ...timed, signed: '{body}' }, 'signed must contain {timestamp}'],
    [{ ...plain, signed: '{timestamp}{body}', timestamp: {} }, 'timestamp.header is missing'],
    [{ ...plain, signed: '{host}{body}' }, 'signed has no placeholder {host}'],
    [{ ...plain, signed: '{header:}{body}' }, 'signed "" must be a header name'],
    [
      { ...timed, timestamp: { header: 'x-time', pastToleranceSeconds: 0 } },
      'timestamp.pastToleranceSeconds must be a whole number of seconds from 1 to 86400',
    ],
    [
      { ...timed, timestamp: { header: 'x-time', futureToleranceSeconds: 86_401 } },
      'timestamp.futureToleranceSeconds must be a whole number of seconds from 1 to 86400',
    ],
  ] satisfies readonly (readonly [HmacSchemeOptions, string])[])(
    'is refused: case %#',
    (options, message) => {
      expect(() => hmacScheme(options)).toThrow(`signature of warehouse: ${message}`);
    },
  );
});
