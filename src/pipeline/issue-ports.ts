// What lists and changes issues. Pure types.

import type { AccessView } from '../core/identity/access-view.ts';
import type { Issue, IssueAct, IssueCause, IssueState } from '../core/issues/issue.ts';

export type IssueQuery = {
  /** Null: any. */
  readonly states: readonly IssueState[] | null;
  readonly cause: Partial<IssueCause>;
  readonly view: AccessView;
  /** The last one of the page before. */
  readonly before: { readonly lastSeenAt: number; readonly id: string } | null;
  readonly limit: number;
};

export type IssueWord = {
  readonly act: IssueAct;
  readonly by: string;
  readonly note: string;
  /** Epoch ms. */
  readonly at: number;
};

/** Throws a PortError where it is away. */
export interface Issues {
  /** The last seen first. An issue's sources are those in the view. */
  list(query: IssueQuery): Promise<readonly Issue[]>;
  /** Null: there is none, or nothing of it in the view. */
  find(id: string, view: AccessView): Promise<Issue | null>;
  /** False: its state does not allow it. */
  act(id: string, said: IssueWord): Promise<boolean>;
  /** Forgets what is over since before then, epoch ms; how many. */
  forget(before: number): Promise<number>;
}
