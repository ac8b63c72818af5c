// Twilio: HMAC-SHA1 over the URL it posts to and the form's fields, sorted; of any other body over the URL alone, to which
// it adds the body's digest. The URL is the configured one: the request's own could be anybody's.

import { limits } from '../limits.ts';
import { isForm } from '../sources/parse-body.ts';
import { refused } from './body-fields.ts';
import { encodeHex } from './decode-bytes.ts';
import { matchSecretKeys } from './match-signature.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';

const header = 'x-twilio-signature';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');
const urlParts = /^(https?):\/\/([^/?#@]*@)?(\[[^\]]*\]|[^/:?#]+)(?::\d+)?(.*)$/s;

/** Twilio signs with or without the default port, and writes an apostrophe as it is or as `%27`: what it did is not told. */
function spellings(publicUrl: string): readonly string[] {
  const match = urlParts.exec(publicUrl);
  if (match === null) return [publicUrl];
  const [, protocol = 'https', user = '', host = '', rest = ''] = match;
  const explicit = /:\d+$/.exec(publicUrl.slice(0, publicUrl.length - rest.length))?.[0];
  const port = explicit ?? (protocol === 'https' ? ':443' : ':80');
  const ends = [rest, rest.replaceAll("'", '%27'), rest.replaceAll('%27', "'")];
  const all = ends.flatMap((end) => [
    `${protocol}://${user}${host}${end}`,
    `${protocol}://${user}${host}${port}${end}`,
  ]);
  return [...new Set(all)];
}

/** Each name with each of its different values, all in the order of their characters. */
function formContent(body: Uint8Array): string {
  const fields = new URLSearchParams(decoder.decode(body));
  const names = [...new Set(fields.keys())].sort();
  return names
    .flatMap((name) => [...new Set(fields.getAll(name))].sort().map((value) => name + value))
    .join('');
}

type Signed = { readonly url: string; readonly fields: string };

/** What Twilio adds to the URL it was given: the digest of a body that is no form; of a GET all its fields. */
async function signedParts({ request }: SignatureCheck, publicUrl: string): Promise<Signed> {
  if (request.method === 'GET') {
    const [given = ''] = publicUrl.split('?');
    const query = request.url.indexOf('?');
    return { url: given + (query === -1 ? '' : request.url.slice(query)), fields: '' };
  }
  if (isForm(request.headers)) return { url: publicUrl, fields: formContent(request.body) };
  const digest = encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', request.body)));
  return { url: `${publicUrl}${publicUrl.includes('?') ? '&' : '?'}bodySHA256=${digest}`, fields: '' };
}

async function verify(check: SignatureCheck): Promise<SignatureVerdict> {
  const { request, publicUrl } = check;
  if (publicUrl === null) return refused('source_incomplete');
  if (request.repeatedHeaders.includes(header)) return refused('repeated_header', header);
  const signature = request.headers[header] ?? '';
  if (signature.trim() === '') return refused('missing_signature', header);
  if (signature.length > limits.maxSignatureHeaderCharacters) return refused('signature_too_long', header);
  if (signature.includes(',')) return refused('repeated_header', header);
  const { url, fields } = await signedParts(check, publicUrl);
  const contents = spellings(url).map((spelling) => new Uint8Array(encoder.encode(spelling + fields)));
  return matchSecretKeys(check, {
    spec: { hash: 'SHA-1', secretForm: 'text' },
    candidates: { texts: [signature], encoding: 'base64', contents },
    header,
  });
}

export const twilioScheme: SignatureScheme = {
  name: 'twilio',
  headers: [header],
  needsUrl: true,
  secretProblem: (secret) => secretFormProblem(secret, 'text'),
  verify,
};
