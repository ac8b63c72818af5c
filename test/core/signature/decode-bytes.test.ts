// Strict decoding: what Node's lenient decoders let through is refused, what they agree on is the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBytes, decodeHex } from '../../../src/core/signature/decode-bytes.ts';
import { decodeHtmlEntities, secretBytes } from '../../../src/core/signature/secret-bytes.ts';

describe('decoding', () => {
  it('gives back any bytes in each encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('hex', 'base64', 'base64url'), (bytes, encoding) => {
        expect(decodeBytes(Buffer.from(bytes).toString(encoding), encoding)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it('accepts one text for one value of base64', () => {
    expect(decodeBase64('aGk=')).toEqual(new Uint8Array([104, 105]));
    expect(decodeBase64('aGk')).toEqual(new Uint8Array([104, 105]));
    for (const wrong of ['aGl=', 'aGl', 'aGk==', 'aGk=\n', ' aGk=', 'a', 'aG-k', 'aGk=aGk=', '=', '====']) {
      expect(decodeBase64(wrong)).toBeNull();
    }
  });

  it('refuses hex of odd length or with anything else in it', () => {
    expect(decodeHex('00fFAb')).toEqual(new Uint8Array([0, 255, 171]));
    for (const wrong of ['0', '0g', '0x00', ' 00', '00 ', '٠٠']) expect(decodeHex(wrong)).toBeNull();
  });
});

describe('the bytes of a secret', () => {
  it.each([
    ['&lt;&gt;&amp;&quot;', '<>&"'],
    ['&#039;&#39;&#0000039;&#x27;&#X0027;', "'''''"],
    ['&#034;&#x22;&#060;&#062;&#038;&#x26;', '""<>&&'],
    ['&amp;lt;', '&lt;'],
    ['&QUOT;&apos;&#40;&nbsp;&lt', '&QUOT;&apos;&#40;&nbsp;&lt'],
    ['no entities', 'no entities'],
  ])('decode %s as WordPress does', (text, decoded) => {
    expect(decodeHtmlEntities(text)).toBe(decoded);
  });

  it.each([
    ['', 'text'],
    ['\t \n', 'text'],
    ['whsec_', 'whsec_base64'],
    ['whsec_a', 'whsec_base64'],
    ['abc', 'hex'],
    ['zz', 'hex'],
  ] as const)('of %j as %s are none', (secret, form) => {
    expect(secretBytes(secret, form)).toBeNull();
  });
});
