// Microsoft Graph's messages, calendar events, contacts and users, fetched when a notification announces them. Pure; I/O is
// the given API's. The resource is a path that the notification gives: it is taken apart, and only known forms are asked for.

import type { SenderApi } from '../enrich.ts';
import type { IdentifiedEvent } from '../source.ts';
import {
  checkedId,
  defineRecords,
  type Fetched,
  notEnrichable,
  type RecordsApi,
  type SenderRecords,
} from './define-records.ts';
import { objectOf } from './items.ts';
import { microsoftGraph } from './microsoft-graph.ts';

export type GraphMailbox = { readonly emailAddress: { readonly name?: string; readonly address?: string } };
type Content = { readonly contentType: 'text' | 'html'; readonly content: string };
type Moment = { readonly dateTime: string; readonly timeZone: string };

export type GraphMessage = {
  readonly id: string;
  readonly internetMessageId: string;
  readonly conversationId: string;
  readonly subject: string | null;
  readonly bodyPreview: string;
  readonly body: Content;
  readonly from?: GraphMailbox;
  readonly toRecipients: readonly GraphMailbox[];
  readonly ccRecipients: readonly GraphMailbox[];
  readonly hasAttachments: boolean;
  readonly receivedDateTime: string;
  readonly lastModifiedDateTime: string;
};

export type GraphCalendarEvent = {
  readonly id: string;
  readonly iCalUId: string;
  readonly subject: string | null;
  readonly body: Content;
  readonly start: Moment;
  readonly end: Moment;
  readonly isAllDay: boolean;
  readonly isCancelled: boolean;
  readonly organizer?: GraphMailbox;
  readonly lastModifiedDateTime: string;
};

export type GraphContact = {
  readonly id: string;
  readonly displayName: string | null;
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly companyName: string | null;
  readonly emailAddresses: readonly { readonly name?: string; readonly address?: string }[];
  readonly lastModifiedDateTime: string;
};

export type GraphUser = {
  readonly id: string;
  readonly displayName: string | null;
  readonly userPrincipalName: string;
  readonly mail: string | null;
  readonly jobTitle: string | null;
};

/** What was deleted is announced, and not there to be fetched. */
export type GraphRecordTopics = {
  readonly 'message.created': GraphMessage;
  readonly 'message.updated': GraphMessage;
  readonly 'event.created': GraphCalendarEvent;
  readonly 'event.updated': GraphCalendarEvent;
  readonly 'contact.created': GraphContact;
  readonly 'contact.updated': GraphContact;
  readonly 'user.updated': GraphUser;
};

/**
 * One segment: letters, digits and what stands in Graph's ids and mail addresses. No slash, percent sign, question mark or
 * hash, and no dots alone, which would lead elsewhere.
 */
const id = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9_=@.+-]+';
const owner = `(?:me|(?:users|groups)/${id})`;
const folders = '(?:(?:mail|contact)Folders|calendars)';

/** By kind: where its records are. A folder may stand between owner and record. */
const resources = new Map([
  ['message', new RegExp(`^${owner}/(?:${folders}/${id}/)?messages/${id}$`, 'i')],
  ['event', new RegExp(`^${owner}/(?:${folders}/${id}/|calendar/)?events/${id}$`, 'i')],
  ['contact', new RegExp(`^${owner}/(?:${folders}/${id}/)?contacts/${id}$`, 'i')],
  ['user', new RegExp(`^users/${id}$`, 'i')],
]);

/** Characters of a resource: two ids of Graph's longest, some 200 each, and what joins them. */
const maxResourceCharacters = 1_024;

async function fetchRecord({ type, payload }: IdentifiedEvent, api: SenderApi): Promise<Fetched> {
  const form = resources.get(type.split('.')[0] ?? '');
  const { resource } = objectOf(payload);
  const path =
    form === undefined || typeof resource !== 'string' || resource.length > maxResourceCharacters
      ? null
      : checkedId(resource.replace(/^\//, ''), form);
  return path === null
    ? notEnrichable('the notification names no resource of its kind')
    : api.get(`/${path}`);
}

/**
 * `baseUrl` names the variable that holds `https://graph.microsoft.com/v1.0`, `token` the secret with an access token. The
 * etag of a notification is the version; where none comes, every notification fetches.
 */
export function microsoftGraphRecords(
  options: RecordsApi & { readonly applicationId?: string },
): SenderRecords<GraphRecordTopics> {
  const { applicationId, ...api } = options;
  return defineRecords<GraphRecordTopics>({
    preset: microsoftGraph(applicationId === undefined ? {} : { applicationId }),
    api,
    types: [
      'message.created',
      'message.updated',
      'event.created',
      'event.updated',
      'contact.created',
      'contact.updated',
      'user.updated',
    ],
    record: ({ payload }) => {
      const { resource, resourceData } = objectOf(payload);
      const etag = objectOf(resourceData)['@odata.etag'];
      return typeof resource === 'string' && typeof etag === 'string' && etag !== ''
        ? { id: resource, version: etag }
        : null;
    },
    fetch: fetchRecord,
  });
}
