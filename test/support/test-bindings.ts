// The variables and secrets every test runs under, in the Workers pool and in Node alike.
// Fixed and public: they protect nothing. Nothing under src/ may import this file.

/** Base64 of 32 bytes each, as Standard Webhooks demands (24 to 64). */
const standardSecret = 'whsec_aG9sZGZhc3QtdGVzdC1zdGFuZGFyZC1zZWNyZXQtMDE=';
const smokeSecret = 'whsec_aG9sZGZhc3QtdGVzdC1zbW9rZS1zZWNyZXQtMDAwMDA=';

export const testSecrets = {
  ADMIN_KEY: 'hf_test_admin_key_0123456789abcdef0123456789',
  TOKEN_KEY: 'aG9sZGZhc3QtdGVzdC10b2tlbi1rZXktMDEyMzQ1Njc=',
  REGISTRY_KEY: 'aG9sZGZhc3QtdGVzdC1yZWdpc3RyeS1rZXktMDEyMzQ=',
  SHOPIFY_WEBHOOK_SECRET: 'shopify-test-secret-0123456789abcdef',
  STRIPE_WEBHOOK_SECRET: 'whsec_stripe_test_secret_0123456789abcdef',
  WOOCOMMERCE_WEBHOOK_SECRET: 'woocommerce-test-secret-0123456789abcdef',
  STANDARD_WEBHOOKS_SECRET: standardSecret,
  WAREHOUSE_WEBHOOK_SECRET: 'warehouse-test-secret-0123456789abcdef',
  SMOKE_WEBHOOK_SECRET: smokeSecret,
  SANDBOX_ERP_KEY_ID: 'test-key',
  SANDBOX_ERP_KEY_SECRET: 'sandbox-test-secret-0123456789abcdef',
} as const;

export const testVariables = {
  /** Few, so that a test with several keys meets a shared partition. */
  PARTITIONS: '4',
  GENERATION: '1',
  ERP_BASE_URL: 'http://127.0.0.1:9',
} as const;
