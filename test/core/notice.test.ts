// Where notices may go: exactly the configured origins.
import { describe, expect, it } from 'vitest';
import { isAllowedCallback, parseOrigins } from '../../src/core/notice.ts';

describe('callback origins', () => {
  it('are read as a list, and refused where one is no origin', () => {
    expect(parseOrigins('')).toEqual([]);
    expect(parseOrigins('https://a.example.com, http://127.0.0.1:9000/')).toEqual([
      'https://a.example.com',
      'http://127.0.0.1:9000',
    ]);
    for (const wrong of [
      'a.example.com',
      'https://a.example.com/x',
      'ftp://a.example.com',
      'https://u@a.example.com',
    ])
      expect(parseOrigins(wrong), wrong).toBeNull();
  });

  it('allow an address of theirs and no other', () => {
    const origins = ['https://a.example.com'];
    expect(isAllowedCallback('https://a.example.com/jobs?of=1', origins)).toBe(true);
    for (const wrong of [
      'http://a.example.com/',
      'https://a.example.com:8443/',
      'https://a.example.com.evil.com/',
      'https://a.example.com@evil.com/',
      'https://user@a.example.com/',
      '/relative',
    ])
      expect(isAllowedCallback(wrong, origins), wrong).toBe(false);
  });
});
