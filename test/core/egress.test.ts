// Where the relay may send. An address in any notation, a local name and a way out of the base are refused; what the URL
// parser makes of a text decides, never the text.

import { describe, expect, it } from 'vitest';
import { checkBaseUrl, checkUrl, joinPath } from '../../src/core/egress.ts';

describe('a public target', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1',
    'https://8.8.8.8',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://127.0.0.1./',
    'https://①②⑦.0.0.1/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://erp/',
    'https://erp.local/',
    'https://erp.local./',
    'https://metadata.google.internal/',
    'https://printer.home.arpa/',
    'https://x.localhost/',
    'http://erp.example.com/',
    'ftp://erp.example.com/',
    'javascript:alert(1)',
    'https://user@erp.example.com/',
    'https://:secret@erp.example.com/',
    'erp.example.com',
  ])('is not reached at %s', (text) => {
    expect(checkUrl(text, 'public').ok).toBe(false);
  });

  it.each(['https://erp.example.com', 'https://erp.example.com:8443/api', 'https://10.example.com'])(
    'is reached at %s',
    (text) => {
      expect(checkUrl(text, 'public').ok).toBe(true);
    },
  );

  it('is refused without its URL being repeated, for a URL may be a secret', () => {
    const refused = checkUrl('https://hooks.internal/s3cr3t-t0ken', 'public');
    expect(refused.ok ? '' : refused.error.message).not.toContain('s3cr3t');
  });
});

describe('a private target', () => {
  it('is reached at an address, by http too, and by nothing else', () => {
    expect(checkUrl('http://10.0.0.8:8069', 'private').ok).toBe(true);
    expect(checkUrl('file:///etc/passwd', 'private').ok).toBe(false);
  });
});

describe('a path joined to a base', () => {
  const base = checkBaseUrl('https://erp.example.com/api/v2', 'public');
  if (!base.ok) throw new Error(base.error.message);

  it.each([
    '//evil.example/x',
    'https://evil.example/x',
    '/../admin',
    '/..%2f../x/../../..',
    '/%2e%2e/%2e%2e/admin',
    'orders',
  ])('does not leave it by %s', (path) => {
    const joined = joinPath(base.value, path);
    if (joined.ok) {
      expect(joined.value.origin).toBe('https://erp.example.com');
      expect(joined.value.pathname).toMatch(/^\/api\/v2\//);
    } else {
      expect(joined.error.reason).toBe('egress_refused');
    }
  });

  it('does not reach a neighbour whose path only begins alike', () => {
    expect(joinPath(base.value, '/../v21/orders').ok).toBe(false);
  });

  it('keeps a query out of the path', () => {
    const joined = joinPath(base.value, '/orders', { ref: 'a&b=c/../d' });
    expect(joined.ok && joined.value.href).toBe(
      'https://erp.example.com/api/v2/orders?ref=a%26b%3Dc%2F..%2Fd',
    );
  });
});
