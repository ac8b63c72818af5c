// Which relay a command asks, and with which key: what was typed first, then the environment, then the profile, then the relay on
// this machine. A key goes to the address it was given for and to no other, and never over plain http but to this machine.

import { join } from 'node:path';
import { readDevVars } from '../../scripts/local/dev-vars.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import type { World } from '../world.ts';
import { type Profile, readProfiles } from './profile-file.ts';

export type Chosen = {
  readonly url: string;
  readonly key: string;
  /** For people: where it was found. */
  readonly from: string;
};

export type Asked = {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
  /** What standard input gave for --key-stdin. */
  readonly key?: string | undefined;
};

export function chooseRelay(world: World, asked: Asked): Result<Chosen, Failure> {
  const found = findAddress(world, asked);
  if (!found.ok) return found;
  const address = parseRelayUrl(found.value.url);
  if (!address.ok) return address;
  const url = address.value;
  const key = asked.key ?? found.value.key ?? localKey(world, url);
  if (key === null || key === '')
    return usage(
      `There is no key for ${url}. Add a profile (holdfast profiles add NAME --url ${url}), set HOLDFAST_KEY, or give it with --key-stdin.`,
    );
  return ok({ url, key, from: found.value.from });
}

/** The address alone, for what needs no key. */
export function chooseUrl(world: World, asked: Asked): Result<string, Failure> {
  const found = findAddress(world, asked);
  return found.ok ? parseRelayUrl(found.value.url) : found;
}

type Found = { readonly url: string; readonly key: string | null; readonly from: string };

function findAddress(world: World, { url, profile }: Asked): Result<Found, Failure> {
  const { env } = world;
  const profiles = readProfiles(world);
  if (!profiles.ok) return profiles;
  const { profiles: known, current } = profiles.value;
  if (profile !== undefined && known[profile] === undefined)
    return usage(`There is no profile ${profile}. holdfast profiles list shows those there are.`);
  const fromEnv = given(env.HOLDFAST_URL);
  const envKey = given(env.HOLDFAST_KEY);
  if (url !== undefined) return ok({ url, key: keyFor(url, world, known), from: '--url' });
  if (profile !== undefined) return ok(withKey(known[profile], null, `profile ${profile}`));
  if (fromEnv !== null) return ok({ url: fromEnv, key: keyFor(fromEnv, world, known), from: 'HOLDFAST_URL' });
  const inUse = current === null ? undefined : known[current];
  if (inUse !== undefined) return ok(withKey(inUse, envKey, `profile ${current}`));
  const local = `http://127.0.0.1:${given(env.PORT) ?? '8787'}`;
  return ok({ url: local, key: envKey, from: 'the relay on this machine' });
}

function withKey(profile: Profile | undefined, key: string | null, from: string): Found {
  return { url: profile?.url ?? '', key: key ?? profile?.key ?? null, from };
}

/** HOLDFAST_KEY belongs to HOLDFAST_URL where that is set; else it is what the caller says it is for. */
function keyFor(url: string, { env }: World, known: Readonly<Record<string, Profile>>): string | null {
  const envUrl = given(env.HOLDFAST_URL);
  const envKey = given(env.HOLDFAST_KEY);
  if (envKey !== null && (envUrl === null || isSameOrigin(envUrl, url))) return envKey;
  return Object.values(known).find((profile) => isSameOrigin(profile.url, url))?.key ?? null;
}

/** What `npm start` made, for the relay it started; not sent anywhere else. */
function localKey({ repository }: World, url: string): string | null {
  if (!isLoopback(new URL(url))) return null;
  return given(readDevVars(join(repository, '.dev.vars')).ADMIN_KEY);
}

function given(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function isSameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin;
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Without a slash at its end. */
export function parseRelayUrl(text: string): Result<string, Failure> {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return usage(`${JSON.stringify(text)} is no address of a relay: https://relay.example.com, for example.`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return usage('The address of a relay holds no password, no query and no fragment.');
  if (url.protocol === 'http:' && !isLoopback(url))
    return usage(`${url.origin} is not encrypted: a key would be read on the way. Use https.`);
  return ok(`${url.origin}${url.pathname.replace(/\/+$/, '')}`);
}

function usage(message: string): Result<never, Failure> {
  return err({ kind: 'usage', message });
}
