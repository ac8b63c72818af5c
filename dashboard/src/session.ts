// The key of this tab, and what the relay says its holder may do. Kept in sessionStorage: it ends with the tab, and no other
// tab and no other site can read it. It is sent to the relay of this page alone.

import { signal } from '@preact/signals';
import type { Me } from './wire.ts';

const storedAs = 'holdfast.key';

export const key = signal<string | null>(sessionStorage.getItem(storedAs));

/** Null until the relay has said it. */
export const me = signal<Me | null>(null);

export function signIn(newKey: string): void {
  sessionStorage.setItem(storedAs, newKey);
  me.value = null;
  key.value = newKey;
}

export function signOut(): void {
  sessionStorage.removeItem(storedAs);
  key.value = null;
  me.value = null;
}

export function can(scope: string): boolean {
  return me.value?.scopes.includes(scope) ?? false;
}
