// The services as one caller sees them: every port that lists, counts, finds or acts is narrowed to its view here, so that no
// handler can show what is outside of it or forget to look. What is outside reads as absent.

import { placeOf } from '../../core/delivery-filter.ts';
import { directSource, isDirectSource } from '../../core/direct-request.ts';
import {
  type AccessView,
  isWhole,
  seesDelivery,
  seesSource,
  seesTarget,
} from '../../core/identity/access-view.ts';
import { type Caller, directSourceOf } from '../../core/identity/caller.ts';
import type { RelayDefinition } from '../../core/relay-definition.ts';
import type { DeliveryFilter, DeliveryView } from '../../core/sequencer/messages.ts';
import type { Issues } from '../../pipeline/issue-ports.ts';
import type { JournalReader, RejectedRequests, Sequencer, Sequencers } from '../../pipeline/ports.ts';
import type { HttpServices } from '../services.ts';
import type { RouteRule } from './route-rules.ts';

/** Of jobs a caller without `deliveries:read` sees those it asked for itself, and no other. */
export function viewFor({ scopes, view, credentialId }: Caller, rule: RouteRule | null): AccessView {
  const isOfJobs = rule?.access === 'scoped' && rule.anyOf.includes('operations:run');
  if (!isOfJobs || scopes.has('deliveries:read')) return view;
  return { ...view, sources: [directSourceOf(credentialId)] };
}

export function scopeServices(services: HttpServices, view: AccessView): HttpServices {
  if (isWhole(view)) return services;
  return {
    ...services,
    definition: scopeDefinition(services.definition, view),
    sequencers: scopeSequencers(services.sequencers, view),
    issues: scopeIssues(services.issues, view),
    journal: scopeJournal(services.journal, view),
    rejectedRequests: scopeRejected(services.rejectedRequests, view),
  };
}

function scopeDefinition(definition: RelayDefinition, view: AccessView): RelayDefinition {
  return {
    ...definition,
    sources: new Map([...definition.sources].filter(([id]) => seesSource(view, id))),
    targets: new Map([...definition.targets].filter(([id]) => seesTarget(view, id))),
  };
}

function scopeSequencers(sequencers: Sequencers, view: AccessView): Sequencers {
  const scope = (sequencer: Sequencer): Sequencer => scopeSequencer(sequencer, view);
  return {
    ...sequencers,
    of: (partition) => scope(sequencers.of(partition)),
    all: () => sequencers.all().map(scope),
    forKey: (orderingKey) => sequencers.forKey(orderingKey).map(scope),
    forId: (id) => sequencers.forId(id).map(scope),
    forBell: (bell) => {
      const sequencer = sequencers.forBell(bell);
      return sequencer === null ? null : scope(sequencer);
    },
  };
}

const notThere = 'there is no such delivery';

function scopeSequencer(sequencer: Sequencer, view: AccessView): Sequencer {
  const find: Sequencer['find'] = async (id) => {
    const found = await sequencer.find(id);
    return found !== null && sees(view, found) ? found : null;
  };
  const findIntake: Sequencer['findIntake'] = async (id) => {
    const found = await sequencer.findIntake(id);
    return found !== null && seesSource(view, found.source) ? found : null;
  };
  return {
    ...sequencer,
    find,
    findIntake,
    // An object of an older version does not know the view: what it lets through is left out here.
    listOpen: async (request) =>
      (await sequencer.listOpen({ ...request, filter: within(view, request.filter) })).filter((each) =>
        sees(view, each),
      ),
    listLines: async (request) =>
      (await sequencer.listLines({ ...request, view })).filter(({ head, target }) =>
        seesDelivery(view, { source: head.source, operation: head.operation, target }),
      ),
    listIntakes: async () => (await sequencer.listIntakes()).filter(({ source }) => seesSource(view, source)),
    findRequest: async (hash) => {
      const request = await sequencer.findRequest(hash);
      if (request === null) return null;
      const { source = directSource, operation, target } = request;
      return seesDelivery(view, { source, operation, target }) ? request : null;
    },
    bulkStep: (request) => sequencer.bulkStep({ ...request, filter: within(view, request.filter) }),
    planReplays: (request) => sequencer.planReplays({ ...request, filter: within(view, request.filter) }),
    resolve: async (request) =>
      (await find(request.deliveryId)) === null
        ? { kind: 'refused', reason: 'not_found', message: notThere }
        : sequencer.resolve(request),
    stop: async (request) =>
      (await find(request.deliveryId)) === null
        ? { kind: 'refused', reason: 'not_found', message: notThere }
        : sequencer.stop(request),
    pollNow: async (id) => ((await find(id)) === null ? { kind: 'not_found' } : sequencer.pollNow(id)),
    reviveIntake: async (request) =>
      (await findIntake(request.id)) === null
        ? { kind: 'refused', reason: 'not_found', message: 'there is no such intake' }
        : sequencer.reviveIntake(request),
    // Of a target as a whole: only a caller who is not narrowed may, and nobody else gets here.
    releaseMany: async () => ({ released: [], refused: [], remaining: 0 }),
  };
}

/** Acts on issues are of the whole relay: nobody who is narrowed gets to them. */
function scopeIssues(issues: Issues, view: AccessView): Issues {
  return {
    ...issues,
    list: (query) => issues.list({ ...query, view }),
    find: (id) => issues.find(id, view),
  };
}

function scopeJournal(journal: JournalReader, view: AccessView): JournalReader {
  return {
    list: (request) => journal.list({ ...request, filter: within(view, request.filter) }),
    find: async (id) => {
      const found = await journal.find(id);
      return found !== null && sees(view, found) ? found : null;
    },
  };
}

function scopeRejected(
  rejected: Pick<RejectedRequests, 'list'>,
  { sources }: AccessView,
): Pick<RejectedRequests, 'list'> {
  if (sources === null) return rejected;
  const own = sources.filter((source) => !isDirectSource(source));
  return {
    list: (options) => {
      const wanted = options.sources ?? own;
      return rejected.list({ ...options, sources: wanted.filter((source) => own.includes(source)) });
    },
  };
}

function sees(view: AccessView, found: Pick<DeliveryView, 'delivery' | 'event'>): boolean {
  return seesDelivery(view, placeOf(found));
}

function within(view: AccessView, filter: DeliveryFilter): DeliveryFilter {
  return { ...filter, view };
}
