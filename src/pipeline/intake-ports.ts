// What the pipeline needs of the world for intakes: the sequencer's side of them, and the senders' APIs.
// Pure types; nothing here may name a platform.

import type { SenderApi } from '../core/enrich.ts';
import type { SourceDefinition } from '../core/relay-definition.ts';
import type {
  IntakeAnswer,
  IntakeRequest,
  IntakeSummary,
  IntakeView,
  ItemLeaseRequest,
  ItemSettlement,
  LeasedItem,
  ReviveAnswer,
  ReviveRequest,
} from '../core/sequencer/intake-messages.ts';
import type { ClaimAnswer, ClaimRequest } from '../core/sequencer/messages.ts';

/** The intake side of a partition's sequencer. */
export interface IntakeSequencer {
  claimIntake(request: IntakeRequest): Promise<IntakeAnswer>;
  /** Ordinary claims, in this order and in one transaction. */
  claimMany(requests: readonly ClaimRequest[]): Promise<readonly ClaimAnswer[]>;
  /** Items to be enriched. */
  leaseItems(request: ItemLeaseRequest): Promise<readonly LeasedItem[]>;
  settleItems(settlements: readonly ItemSettlement[]): Promise<void>;
  findIntake(id: string): Promise<IntakeView | null>;
  /** Those under way, the oldest first. */
  listIntakes(): Promise<readonly IntakeSummary[]>;
  reviveIntake(request: ReviveRequest): Promise<ReviveAnswer>;
}

/** Opens a sender's API for one event. `deadlineAt` (epoch ms): no call starts after it, and none outlasts it. */
export interface SenderApis {
  open(source: SourceDefinition, deadlineAt: number): SenderApi;
  /** The API that lists what a source sent. */
  openListing(source: SourceDefinition, deadlineAt: number): SenderApi;
}
