// Types for the tests that run in the Workers pool: the `cloudflare:test` module and the bindings only tests have.
/// <reference types="@cloudflare/vitest-pool-workers/types" />

declare namespace Cloudflare {
  interface Env {
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}
