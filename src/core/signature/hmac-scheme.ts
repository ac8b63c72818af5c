// Builds an HMAC scheme from what a sender's documentation says, and refuses one that would prove nothing.
// Runs once, when integrations are defined: a wrong definition throws and so stops the start. Pure.

import type {
  HmacHash,
  HmacScheme,
  SecretForm,
  SignatureEncoding,
  SignedPart,
  TimestampUnit,
} from './scheme.ts';

export type HmacSchemeOptions = {
  /** For messages and logs. */
  readonly name: string;
  /** Header that holds the signature. */
  readonly header: string;
  /** Before the signature in its header, e.g. `sha256=`. */
  readonly prefix?: string;
  /** Whether the signature may also come without the prefix. Default false. */
  readonly prefixOptional?: boolean;
  /** Default SHA-256. */
  readonly hash?: HmacHash;
  /** Default hex. */
  readonly encoding?: SignatureEncoding;
  /** Default text. */
  readonly secretForm?: SecretForm;
  /**
   * What is signed: parts, or a template of text and `{body}`, `{timestamp}`, `{method}`, `{header:x-name}`.
   * A URL that is signed is written out: it is the configured one, never the received. Default `{body}`.
   */
  readonly signed?: string | readonly SignedPart[];
  readonly timestamp?: {
    readonly header: string;
    /** Default s. */
    readonly unit?: TimestampUnit;
    /** Seconds, 1 to 86400. Default 300. */
    readonly pastToleranceSeconds?: number;
    /** Seconds, 1 to 86400. Default 300. */
    readonly futureToleranceSeconds?: number;
  };
};

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const placeholder = /\{([^{}]*)\}/g;
const defaultToleranceSeconds = 300;
/** A day: a sender whose clock is further off signs nothing that a tolerance could protect. */
const maxToleranceSeconds = 86_400;

function refuse(options: HmacSchemeOptions, field: string, rule: string): never {
  throw new Error(`signature of ${options.name}: ${field} ${rule}`);
}

function lowerCaseHeader(options: HmacSchemeOptions, field: string, name: string): string {
  return headerName.test(name)
    ? name.toLowerCase()
    : refuse(options, field, `"${name}" must be a header name`);
}

function toPart(options: HmacSchemeOptions, name: string): SignedPart {
  if (name === 'body') return { kind: 'raw' };
  if (name === 'timestamp' || name === 'method') return { kind: name };
  if (name.startsWith('header:')) return { kind: 'header', name: name.slice('header:'.length) };
  return refuse(options, 'signed', `has no placeholder {${name}}`);
}

function parseTemplate(options: HmacSchemeOptions, template: string): readonly SignedPart[] {
  const parts: SignedPart[] = [];
  let end = 0;
  for (const match of template.matchAll(placeholder)) {
    if (match.index > end) parts.push({ kind: 'text', text: template.slice(end, match.index) });
    parts.push(toPart(options, match[1] ?? ''));
    end = match.index + match[0].length;
  }
  if (end < template.length) parts.push({ kind: 'text', text: template.slice(end) });
  return parts;
}

function toSigned(options: HmacSchemeOptions): readonly SignedPart[] {
  const { signed = '{body}' } = options;
  const parts = typeof signed === 'string' ? parseTemplate(options, signed) : signed;
  if (!parts.some((part) => part.kind === 'raw')) refuse(options, 'signed', 'must contain the body');
  const signsTime = parts.some((part) => part.kind === 'timestamp');
  if (signsTime && options.timestamp === undefined)
    refuse(options, 'timestamp', 'must say where {timestamp} is read');
  // An unsigned time can be replaced by whoever replays the request: checking it would only look safe.
  if (!signsTime && options.timestamp !== undefined) refuse(options, 'signed', 'must contain {timestamp}');
  return parts.map((part) =>
    part.kind === 'header' ? { kind: 'header', name: lowerCaseHeader(options, 'signed', part.name) } : part,
  );
}

function tolerance(options: HmacSchemeOptions, field: string, seconds = defaultToleranceSeconds): number {
  const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= maxToleranceSeconds;
  return fits
    ? seconds
    : refuse(options, field, `must be a whole number of seconds from 1 to ${maxToleranceSeconds}`);
}

function toTimestamp(options: HmacSchemeOptions): HmacScheme['timestamp'] {
  const { timestamp } = options;
  if (timestamp === undefined) return null;
  return {
    header: lowerCaseHeader(options, 'timestamp.header', timestamp.header),
    unit: timestamp.unit ?? 's',
    pastToleranceSeconds: tolerance(
      options,
      'timestamp.pastToleranceSeconds',
      timestamp.pastToleranceSeconds,
    ),
    futureToleranceSeconds: tolerance(
      options,
      'timestamp.futureToleranceSeconds',
      timestamp.futureToleranceSeconds,
    ),
  };
}

export function hmacScheme(options: HmacSchemeOptions): HmacScheme {
  const signed = toSigned(options);
  const { prefix = '', prefixOptional = false } = options;
  return {
    kind: 'hmac',
    name: options.name,
    hash: options.hash ?? 'SHA-256',
    encoding: options.encoding ?? 'hex',
    secretForm: options.secretForm ?? 'text',
    place: {
      kind: 'header',
      name: lowerCaseHeader(options, 'header', options.header),
      prefix,
      prefixOptional,
    },
    signed,
    timestamp: toTimestamp(options),
    requiredHeaders: signed.flatMap((part) => (part.kind === 'header' ? [part.name] : [])),
  };
}
