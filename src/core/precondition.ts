// What a caller saw before it changes something (RFC 9110, If-Match): decided where the change is made, in the same transaction, so
// that of two who read the same only one writes. Pure.

/** `exists`: whatever it is by now; `absent`: nothing is there yet; else one of the versions the caller saw. */
export type Precondition = 'exists' | 'absent' | readonly string[];

/** The change was not made: it is another version by now. Null: there is nothing. */
export type Differing = { readonly kind: 'version_differs'; readonly version: string | null };

/** @param version of what is there; null: nothing is. Null where the change may be made */
export function differs(wanted: Precondition | undefined, version: string | null): Differing | null {
  if (wanted === undefined) return null;
  const isMet =
    wanted === 'absent'
      ? version === null
      : version !== null && (wanted === 'exists' || wanted.includes(version));
  return isMet ? null : { kind: 'version_differs', version };
}

export function isDiffering<T>(answer: T | Differing): answer is Differing {
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'kind') === 'version_differs';
}

/** Tags of one header that are looked at: nobody has read one thing so often. */
const maxTags = 20;

/**
 * An If-Match or If-None-Match header as versions. An entity tag of the relay is `"{version}-{digest of the answer}"`; the first part
 * alone is one, too. A weak tag says nothing of what is written (RFC 9110, 13.1.1), so it matches nothing.
 */
export function parseIfMatch(header: string): 'exists' | readonly string[] {
  const text = header.trim();
  if (text === '*') return 'exists';
  return text
    .split(',', maxTags)
    .map((tag) => /^"([!#-~]*)"$/.exec(tag.trim())?.[1] ?? '')
    .filter((tag) => tag !== '')
    .map((tag) => tag.split('-')[0] ?? '');
}
