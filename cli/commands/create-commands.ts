// The commands in the order in which help lists them. A group is a file.

import type { Program } from '../command.ts';
import { alertCommands } from './alerts.ts';

import { auditCommands } from './audit.ts';
import { completionCommand } from './completion.ts';
import { costCommands } from './costs.ts';
import { credentialCommands } from './credentials.ts';
import { deadLetterCommands } from './dead-letters.ts';
import { deliveryCommands } from './deliveries.ts';
import { deliveryActCommands } from './delivery-acts.ts';
import { doctorCommand } from './doctor.ts';
import { initCommand } from './init.ts';
import { intakeCommands } from './intakes.ts';
import { issueCommands } from './issues.ts';
import { overviewCommands } from './overview.ts';
import { profileCommands } from './profiles.ts';
import { reconcileCommands } from './reconcile.ts';
import { replayCommands } from './replays.ts';
import { secretCommands } from './secrets.ts';
import { sendCommand } from './send.ts';
import { sourceCommands } from './sources.ts';
import { subscriptionCommands } from './subscriptions.ts';
import { tailCommands } from './tail.ts';
import { targetCommands } from './targets.ts';

export function createCommands(program: Program): void {
  overviewCommands(program);
  const deliveries = deliveryCommands(program);
  deliveryActCommands(program, deliveries);
  tailCommands(program, deliveries);
  deadLetterCommands(program);
  replayCommands(program);
  issueCommands(program);
  alertCommands(program);
  sourceCommands(program);
  intakeCommands(program);
  targetCommands(program);
  reconcileCommands(program);
  credentialCommands(program);
  secretCommands(program);
  subscriptionCommands(program);
  auditCommands(program);
  costCommands(program);
  sendCommand(program);
  initCommand(program);
  doctorCommand(program);
  profileCommands(program);
  completionCommand(program);
}
