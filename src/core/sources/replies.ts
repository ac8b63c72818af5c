// What senders want to hear, and times in words. Data only.

import type { AcceptedReply } from '../source.ts';

/** Senders that count only a 200. */
export const okReply: AcceptedReply = { status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' };

/** Senders that want a 200 with nothing in it. */
export const emptyOkReply: AcceptedReply = { status: 200, contentType: '', body: '' };

export const noContentReply: AcceptedReply = { status: 204, contentType: '', body: '' };

export const seconds = (count: number): number => count * 1000;
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;
