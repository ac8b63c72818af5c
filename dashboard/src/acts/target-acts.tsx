// What is done to a target as a whole: pause and resume, open and close its circuit, send on what is held for it. Offered as its
// state allows it, and touching every source that runs operations there.

import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import type { Target } from '../wire-relay.ts';

type TargetActsProps = { readonly target: Target; readonly done: () => void };

const scope = 'targets:manage';

const toTarget = (id: string, act: string, body: object) =>
  post(`/admin/targets/${encodeURIComponent(id)}/${act}`, body);

export function TargetActs({ target, done }: TargetActsProps) {
  return (
    <div class="acts" role="group" aria-label={`Acts on ${target.id}`}>
      <PauseOrResume target={target} done={done} />
      <Circuit target={target} done={done} />
      <ReleaseHeld target={target} done={done} />
    </div>
  );
}

function PauseOrResume({ target: { id, pause }, done }: TargetActsProps) {
  return pause !== null && pause !== undefined ? (
    <ActButton
      name="Resume"
      scope={scope}
      says={<p>Deliveries to {id} go on at once.</p>}
      undo="Pause it again."
      run={(note) => toTarget(id, 'resume', { note })}
      done={done}
    />
  ) : (
    <ActButton
      name="Pause"
      scope={scope}
      says={
        <p>
          No delivery to {id} starts any more, of any source. Nothing is lost and nothing costs an attempt.
        </p>
      }
      undo="Resume it: everything that waited goes on."
      run={(note) => toTarget(id, 'pause', { note })}
      done={done}
      isDangerous
    />
  );
}

function Circuit({ target: { id, circuit }, done }: TargetActsProps) {
  return circuit?.state === 'closed' ? (
    <ActButton
      name="Open the circuit"
      scope={scope}
      says={<p>{id} is taken to be down, and no probe is made until you close the circuit.</p>}
      undo="Close the circuit."
      run={(note) => toTarget(id, 'circuit', { state: 'open', note })}
      done={done}
      isDangerous
    />
  ) : (
    <ActButton
      name="Close the circuit"
      scope={scope}
      says={<p>Deliveries to {id} go on at once, at a ramp. If it is still down, the circuit opens again.</p>}
      undo="Open the circuit."
      run={(note) => toTarget(id, 'circuit', { state: 'closed', note })}
      done={done}
    />
  );
}

function ReleaseHeld({ target: { id }, done }: TargetActsProps) {
  return (
    <ActButton
      name="Release what is held"
      scope={scope}
      says={
        <p>
          {id} is logged in to, then all deliveries held for it go on, 1,000 at a time. Do it after the cause
          was mended: most ERPs lock an account after some logins that fail.
        </p>
      }
      undo="It cannot be called back. What fails again is held again."
      run={(note) => toTarget(id, 'release', { note })}
      done={done}
    />
  );
}

type OperationProps = TargetActsProps & { readonly operation: string };

/** Of one operation whose answers had changed their shape. */
export function ReleaseOperation({ target: { id }, operation, done }: OperationProps) {
  return (
    <ActButton
      name="Release"
      of={operation}
      scope={scope}
      says={
        <p>
          The hold of {operation} at {id} ends, and its held deliveries go on. Do it when the answers have
          their shape again, or the adapter was changed.
        </p>
      }
      undo="It cannot be called back. The first answer that is still wrong holds the operation again."
      run={(note) => toTarget(id, 'release', { operation, note })}
      done={done}
    />
  );
}
