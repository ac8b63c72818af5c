// A handler whose request begins a trace: what it answers ends the request's span. May not look at the request itself: whose
// trace it goes on with is decided where the caller has been proven.

import type { RequestTrace, Tracing } from '../pipeline/tracing.ts';

/** Null goes to `work` where nothing is traced. */
export async function traced(
  of: { readonly tracing: Tracing | undefined; readonly method: string; readonly route: string },
  work: (trace: RequestTrace | null) => Promise<Response>,
): Promise<Response> {
  const { tracing, method, route } = of;
  if (tracing === undefined) return work(null);
  const trace = tracing.request({ method, route });
  let status = 500;
  try {
    const response = await work(trace);
    status = response.status;
    return response;
  } finally {
    trace.end(status);
  }
}
