// The promises, each judged by what the ERP holds after the run. The relay's own word counts for nothing here: a document
// that is not in the ERP is lost, and one that is there twice was done twice, whatever a delivery says. Pure.

import { wrongCustomers, wrongFields, wrongGoods } from './check-contents.ts';
import { type Duty, dutiesOf, type Effect, effectKey } from './demo-order.ts';
import { documentsOf, type ErpState, effectsOf } from './erp-state.ts';
import type { RunIds } from './run-ids.ts';
import type { RunRecord } from './run-record.ts';

export type PromiseCheck = {
  readonly name: string;
  /** What was counted. */
  readonly says: string;
  /** Empty: it is kept. */
  readonly problems: readonly string[];
};

type Evidence = {
  readonly record: RunRecord;
  readonly state: ErpState;
  readonly ids: RunIds;
  readonly duties: readonly Duty[];
};

type Check = (evidence: Evidence) => PromiseCheck;

export function checkPromises(record: RunRecord, state: ErpState, ids: RunIds): readonly PromiseCheck[] {
  const receipts = record.receipts.map(({ receiptId, quantity }): Duty => {
    const want = { state: 'done', totalQuantity: String(quantity) };
    const effect = { operation: 'stock.receive', reference: receiptId } as const;
    return { ...effect, list: 'receipts', field: 'receiptId', want, after: null };
  });
  const duties = [...record.orders.flatMap(dutiesOf), ...receipts];
  return checks.map((check) => check({ record, state, ids, duties }));
}

const checkAccepted: Check = ({ record: { posts } }) => {
  const problems = posts
    .filter(
      ({ status, event, isRepeat }) => status !== 202 || event !== (isRepeat ? 'duplicate' : 'accepted'),
    )
    .map(
      ({ webhook, status, event }) => `${webhook.source} ${webhook.topic} ${webhook.id}: ${status} ${event}`,
    );
  const good = posts.length - problems.length;
  return {
    name: 'Accepted',
    says: `${good} of ${posts.length} webhooks answered 202, repeats as duplicates`,
    problems,
  };
};

const checkForged: Check = ({ record: { forged }, state }) => {
  const problems = forged.flatMap(({ webhook: { effect, topic }, note, status }) => [
    ...(status === 401 ? [] : [`${topic}, ${note}: answered ${status} instead of 401`]),
    ...(effect !== null && effectsOf(state, effect).length > 0 ? [`${topic}, ${note}: the ERP did it`] : []),
  ]);
  return {
    name: 'Proven',
    says: `${forged.length} forged requests answered 401, no trace of them`,
    problems,
  };
};

const checkLost: Check = ({ duties, state }) => {
  const lost = duties.filter(
    (duty) => effectsOf(state, duty).length === 0 || documentsOf(state, duty).length === 0,
  );
  const says = `${duties.length - lost.length} of ${duties.length} operations are in the ERP, ${lost.length} lost`;
  return { name: 'Nothing lost', says, problems: lost.map(effectKey) };
};

const checkOnce: Check = ({ duties, state, ids, record: { posts } }) => {
  const doubled = duties.flatMap((duty) => {
    const done = effectsOf(state, duty).length;
    const documents = documentsOf(state, duty).map(({ documentNumber }) => documentNumber);
    if (done <= 1 && documents.length <= 1) return [];
    return [
      `${effectKey(duty)}: done ${done} times, ${documents.length} documents (${documents.join(', ')})`,
    ];
  });
  const problems = [...doubled, ...doubledKeys(state, ids)];
  const suppressed = posts.filter(({ isRepeat }) => isRepeat).length;
  const says = `${suppressed} duplicates suppressed, ${problems.length} operations doubled`;
  return { name: 'Once', says, problems };
};

/** The same operation twice under one key: also where a subject may rightly have several, as a count of stock. */
function doubledKeys({ operations }: ErpState, ids: RunIds): readonly string[] {
  const keys = operations
    .filter(({ reference, operation }) => ids.owns(reference) && repeating.includes(operation))
    .map(({ relayKey, operation }) => `${operation} under ${relayKey}`);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}

const repeating: readonly string[] = ['stock.set', 'customer.upsert'];

/** Documents of the run that no webhook asked for: under an id of its own making, or what was forged. */
const checkUnasked: Check = ({ duties, state, ids }) => {
  const asked = new Set(duties.map(({ list, reference }) => `${list}/${reference}`));
  const problems = (['orders', 'invoices', 'payments', 'creditNotes', 'receipts'] as const).flatMap(
    (list) => {
      const field = duties.find((duty) => duty.list === list)?.field ?? 'orderId';
      const documents = state[list] as unknown as readonly Readonly<Record<string, unknown>>[];
      return documents
        .filter((document) => ids.owns(String(document[field])) && !asked.has(`${list}/${document[field]}`))
        .map((document) => `${list}: ${document.documentNumber} of ${document[field]}`);
    },
  );
  return {
    name: 'Nothing made up',
    says: `${problems.length} documents that no webhook asked for`,
    problems,
  };
};

const checkContents: Check = ({ duties, state, record, ids }) => ({
  name: 'As sent',
  says: 'amounts, states, customers and reserved goods are those of the webhooks',
  problems: [
    ...wrongFields(duties, state),
    ...wrongGoods(record, state, ids),
    ...wrongCustomers(record, state),
  ],
});

const checkOrder: Check = ({ duties, state, record: { posts } }) => {
  const firstPost = (effect: Effect) =>
    posts.findIndex(
      ({ webhook }) => webhook.effect !== null && effectKey(webhook.effect) === effectKey(effect),
    );
  const firstDone = (effect: Effect) => effectsOf(state, effect)[0]?.number ?? null;
  const early = duties.filter((duty) => duty.after !== null && firstPost(duty) < firstPost(duty.after));
  const problems = duties.flatMap((duty) => {
    if (duty.after === null) return [];
    const [done, before] = [firstDone(duty), firstDone(duty.after)];
    const isWrong = done !== null && (before === null || done < before);
    return isWrong ? [`${effectKey(duty)} was done before ${effectKey(duty.after)}`] : [];
  });
  const says = `${early.length} came before what they rest on, ${problems.length} were done before it`;
  return { name: 'In order', says, problems };
};

const checkNewest: Check = ({ record: { levels, customers }, state }) => {
  const wrongLevels = levels.flatMap(({ sku, newest }) => {
    const found = state.stockOnHand.find((stock) => stock.sku === sku)?.onHand;
    return found === newest ? [] : [`${sku}: ${found ?? 'nothing'} on hand instead of ${newest}`];
  });
  const wrongNames = customers.flatMap(({ customerId, newest }) => {
    const names = state.customers.filter((each) => each.customerId === customerId).map(({ name }) => name);
    return names.length === 1 && names[0] === newest
      ? []
      : [`customer ${customerId}: ${names.join(', ')} instead of ${newest}`];
  });
  const sent = [...levels.map(({ reports }) => reports), ...customers.map(({ changes }) => changes)];
  const stale = sent.reduce((sum, count) => sum + count - 1, 0);
  const says = `${stale} older states came late, none of them replaced the newest`;
  return { name: 'Newest wins', says, problems: [...wrongLevels, ...wrongNames] };
};

const checkSameSecond: Check = ({ record: { sameSecond }, state }) => {
  const effects = sameSecond.map(
    ({ orderId }): Effect => ({ operation: 'sale.confirm', reference: orderId }),
  );
  const missing = effects.filter((effect) => effectsOf(state, effect).length !== 1).map(effectKey);
  const says = `${sameSecond.length} WooCommerce orders under one delivery id are ${effects.length - missing.length} orders`;
  return { name: 'Told apart', says, problems: missing };
};

const checkOutage: Check = ({ record: { outage }, state }) => {
  const firsts = outage.posts.filter(({ isRepeat }) => !isRepeat);
  const missing = firsts.flatMap(({ webhook: { effect } }) =>
    effect === null || effectsOf(state, effect).length === 1 ? [] : [effectKey(effect)],
  );
  const early =
    outage.doneMeanwhile === 0 ? [] : [`${outage.doneMeanwhile} were done while the ERP was down`];
  const says = `${firsts.length} webhooks came while the ERP was down, ${firsts.length - missing.length} of them are done`;
  return { name: 'ERP down', says, problems: [...missing, ...early] };
};

const checkAnswersLost: Check = ({ record: { answersLost }, state }) => {
  const effects = answersLost.map(
    ({ orderId }): Effect => ({ operation: 'sale.confirm', reference: orderId }),
  );
  const problems = effects
    .filter((effect) => effectsOf(state, effect).length !== 1)
    .map((effect) => `${effectKey(effect)}: done ${effectsOf(state, effect).length} times`);
  const says = `${effects.length} answers lost after the commit, ${effects.length - problems.length} orders there once`;
  return { name: 'In doubt', says, problems };
};

const checkDeadLetters: Check = ({ record: { deadLetters }, state }) => {
  const { orders, kept, replayedEdited, replayedInBulk } = deadLetters;
  const duties = orders.flatMap(dutiesOf);
  const missing = duties.filter((duty) => effectsOf(state, duty).length !== 1).map(effectKey);
  const miscounted =
    kept === orders.length ? [] : [`${kept} dead letters were kept instead of ${orders.length}`];
  const replayed = replayedEdited + replayedInBulk;
  const unplayed = replayed === kept ? [] : [`${replayed} of ${kept} dead letters could be replayed`];
  const cleared = orders.filter(
    ({ orderId: reference }) => effectsOf(state, { operation: 'sale.confirm', reference }).length === 1,
  );
  const says = `${kept} kept, ${replayedEdited} replayed edited, ${replayedInBulk} in bulk, ${cleared.length} cleared`;
  return { name: 'Dead letters', says, problems: [...miscounted, ...unplayed, ...missing] };
};

const checkBooks: Check = ({ state: { journalEntries, truncated } }) => {
  const problems = journalEntries
    .filter(({ balanced }) => !balanced)
    .map(({ documentNumber }) => `${documentNumber} does not balance`);
  const cut = truncated.map((list) => `the ERP listed only a part of ${list}: reset it, or run with --own`);
  const says = `${journalEntries.length - problems.length} of ${journalEntries.length} journal entries balance`;
  return { name: 'Books', says, problems: [...problems, ...cut] };
};

const checks: readonly Check[] = [
  checkAccepted,
  checkForged,
  checkLost,
  checkOnce,
  checkUnasked,
  checkContents,
  checkOrder,
  checkNewest,
  checkSameSecond,
  checkOutage,
  checkAnswersLost,
  checkDeadLetters,
  checkBooks,
];
