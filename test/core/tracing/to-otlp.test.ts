// Spans as a collector gets them: the fields of the protocol, and nothing beside the list of attributes.

import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { Span } from '../../../src/core/tracing/span.ts';
import { toOtlp } from '../../../src/core/tracing/to-otlp.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const context = { traceId, spanId: '00f067aa0ba902b7', sampled: true };
const span: Span = {
  ...{ context, parentSpanId: 'b7ad6b7169203331', name: 'POST /hooks/:source', kind: 'server' },
  ...{ startAt: 1_772_366_400_123, endAt: 1_772_366_400_125, failed: false, link: null },
  attributes: { 'http.response.status_code': 202, 'holdfast.source': 'shop', 'holdfast.write': true },
};

const firstOf = (given: Span) => JSON.parse(toOtlp([given])).resourceSpans[0].scopeSpans[0].spans[0];

describe('a span in OTLP', () => {
  it('has the ids as hex, the times as nanoseconds and the kind as a number', () => {
    expect(firstOf(span)).toEqual({
      ...{ traceId, spanId: '00f067aa0ba902b7', parentSpanId: 'b7ad6b7169203331', flags: 0x301 },
      ...{ name: 'POST /hooks/:source', kind: 2 },
      ...{ startTimeUnixNano: '1772366400123000000', endTimeUnixNano: '1772366400125000000' },
      attributes: [
        { key: 'http.response.status_code', value: { intValue: '202' } },
        { key: 'holdfast.source', value: { stringValue: 'shop' } },
        { key: 'holdfast.write', value: { boolValue: true } },
      ],
    });
  });

  it('says that it failed, what it points at, and what its sender wants passed on', () => {
    const link = {
      traceId: traceId.replace('4b', '5c'),
      spanId: 'b7ad6b7169203331',
      sampled: false,
      state: 'a=1',
    };
    const failed = { ...span, failed: true, link, parentSpanId: null, context: { ...context, state: 'b=2' } };
    expect(firstOf(failed)).toMatchObject({
      ...{ status: { code: 2 }, traceState: 'b=2', flags: 1 },
      links: [{ traceId: link.traceId, spanId: link.spanId, traceState: 'a=1', flags: 0 }],
    });
    expect(firstOf(failed)).not.toHaveProperty('parentSpanId');
  });

  it('never ends before it began, and takes as whole what a clock gave with a fraction', () => {
    const turned = firstOf({ ...span, startAt: 2_000.7, endAt: 1_000 });
    expect(turned).toMatchObject({ startTimeUnixNano: '2000000000', endTimeUnixNano: '2000000000' });
  });

  it('says nothing that is not on the list, and nothing at length', () => {
    const slipped = {
      ...{
        'http.request.header.authorization': 'Bearer key',
        'url.full': 'https://erp.example.com/?token=key',
      },
      ...{ constructor: 'x', 'holdfast.source': 's'.repeat(1_000) },
    };
    const { attributes } = firstOf({ ...span, attributes: slipped });
    const stringValue = 's'.repeat(limits.maxSpanAttributeCharacters);
    expect(attributes).toEqual([{ key: 'holdfast.source', value: { stringValue } }]);
  });
});
