// Builds a scheme from what a sender's documentation says, and refuses one that would prove nothing.
// Runs once, when integrations are defined: a wrong definition throws and so stops the start. Pure.

import { parseTemplate } from './parse-template.ts';
import type {
  HmacHash,
  SecretForm,
  SignatureEncoding,
  SignaturePlace,
  SignedPart,
  SignedRow,
  TimestampRule,
  TimestampUnit,
} from './scheme.ts';
import { type SignedScheme, signedScheme } from './signed-scheme.ts';

export type HmacSchemeOptions = {
  /** For messages and logs. */
  readonly name: string;
  /** Header that holds the signature. */
  readonly header: string;
  /** Before the signature in its header, e.g. `sha256=`. */
  readonly prefix?: string;
  /** Whether the signature may also come without the prefix. Default false. */
  readonly prefixOptional?: boolean;
  /** Whether the header may come several times; any value may match. Default false. */
  readonly repeatable?: boolean;
  /** Whether `header` is the beginning of `{header}1`, `{header}2` …, any of which may match. Default false. */
  readonly numbered?: boolean;
  /** The header is a list such as `t=…,v1=…`: what stands between its items, and the keys of time and signatures. */
  readonly keyValues?: {
    readonly separator: string;
    readonly timestampKey: string;
    readonly signatureKey: string;
  };
  /** Default SHA-256. */
  readonly hash?: HmacHash;
  /** Default hex. */
  readonly encoding?: Exclude<SignatureEncoding, 'der_base64'>;
  /** Default text. */
  readonly secretForm?: Exclude<SecretForm, 'public_key'>;
  /**
   * What is signed: parts, or a template of text and `{body}`, `{timestamp}`, `{method}`, `{url}` (the source's public
   * URL as configured), `{path}` (its path and query), `{body_base64}`, `{header:x-name}`. Default `{body}`.
   */
  readonly signed?: string | readonly SignedPart[];
  readonly timestamp?: {
    /** Absent where it stands in the list of `keyValues`. */
    readonly header?: string;
    /** Default s. */
    readonly unit?: TimestampUnit;
    /** Seconds, 1 to 86400. Default 300. Null: its age is not checked. */
    readonly pastToleranceSeconds?: number | null;
    /** Seconds, 1 to 86400. Default 300. Null: a future time is not checked. */
    readonly futureToleranceSeconds?: number | null;
  };
};

/** The part of the options that says where things stand and what is signed, whatever the kind of key. */
export type RowOptions = Omit<HmacSchemeOptions, 'secretForm' | 'encoding'>;
export type RowKey = Pick<SignedRow, 'algorithm' | 'encoding' | 'secretForm'>;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const defaultToleranceSeconds = 300;
/** A day: a sender whose clock is further off signs nothing that a tolerance could protect. */
const maxToleranceSeconds = 86_400;

function refuse(options: RowOptions, field: string, rule: string): never {
  throw new Error(`signature of ${options.name}: ${field} ${rule}`);
}

function lowerCaseHeader(options: RowOptions, field: string, name: string): string {
  return headerName.test(name)
    ? name.toLowerCase()
    : refuse(options, field, `"${name}" must be a header name`);
}

function toSigned(options: RowOptions): readonly SignedPart[] {
  const { signed = '{body}' } = options;
  const parts =
    typeof signed === 'string'
      ? parseTemplate(signed, (name) => refuse(options, 'signed', `has no placeholder {${name}}`))
      : signed;
  if (!parts.some(({ kind }) => kind === 'raw' || kind === 'raw_base64'))
    refuse(options, 'signed', 'must contain the body');
  const signsTime = parts.some((part) => part.kind === 'timestamp');
  if (signsTime && options.timestamp === undefined)
    refuse(options, 'timestamp', 'must say where {timestamp} is read');
  // An unsigned time can be replaced by whoever replays the request: checking it would only look safe.
  if (!signsTime && options.timestamp !== undefined) refuse(options, 'signed', 'must contain {timestamp}');
  return parts.map((part) =>
    part.kind === 'header' ? { kind: 'header', name: lowerCaseHeader(options, 'signed', part.name) } : part,
  );
}

function tolerance(options: RowOptions, field: 'pastToleranceSeconds' | 'futureToleranceSeconds') {
  const { [field]: seconds = defaultToleranceSeconds } = options.timestamp ?? {};
  if (seconds === null) return null;
  const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= maxToleranceSeconds;
  const rule = `must be a whole number of seconds from 1 to ${maxToleranceSeconds}`;
  return fits ? seconds : refuse(options, `timestamp.${field}`, rule);
}

function toTimestamp(options: RowOptions): TimestampRule | null {
  const { timestamp, keyValues } = options;
  if (timestamp === undefined) return null;
  const { header, unit = 's' } = timestamp;
  if (header === undefined && keyValues === undefined) refuse(options, 'timestamp.header', 'is missing');
  return {
    header: header === undefined ? null : lowerCaseHeader(options, 'timestamp.header', header),
    unit,
    pastToleranceSeconds: tolerance(options, 'pastToleranceSeconds'),
    futureToleranceSeconds: tolerance(options, 'futureToleranceSeconds'),
  };
}

function toPlace(options: RowOptions): SignaturePlace {
  const name = lowerCaseHeader(options, 'header', options.header);
  if (options.keyValues !== undefined) return { kind: 'key_values', name, ...options.keyValues };
  if (options.numbered === true) return { kind: 'numbered', name };
  const { prefix = '', prefixOptional = false, repeatable = false } = options;
  return { kind: 'header', name, prefix, prefixOptional, ...(repeatable ? { repeatable } : {}) };
}

export function toSignedRow(options: RowOptions, key: RowKey): SignedRow {
  const place = toPlace(options);
  const signed = toSigned(options);
  return {
    name: options.name,
    hash: options.hash ?? 'SHA-256',
    ...key,
    place,
    signed,
    timestamp: toTimestamp(options),
    requiredHeaders: signed.flatMap((part) => (part.kind === 'header' ? [part.name] : [])),
  };
}

export function hmacScheme(options: HmacSchemeOptions): SignedScheme {
  const { encoding = 'hex', secretForm = 'text' } = options;
  return signedScheme(toSignedRow(options, { algorithm: 'hmac', encoding, secretForm }));
}
