-- Which blocks of the journal can hold what is looked for (src/platform/d1/block-search.ts), so that a search passes over the others without
-- reading them. Additive: a build that does not know the column leaves it null, which means that the block has to be read, and finds
-- its index under the same name, in the same order.

ALTER TABLE journal_blocks ADD COLUMN search TEXT;

-- One entry a block, as before: all a search asks of a block that is passed over stands in it.
DROP INDEX journal_blocks_by_receipt;
CREATE INDEX journal_blocks_by_receipt ON journal_blocks
  (last_received_at, first_received_at, generation, partition, to_number, format, search);
