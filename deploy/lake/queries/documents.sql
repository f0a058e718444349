-- Each document once. A restart may publish a document again (at least once): the second record has the same place in
-- the input. The last labeling by a task stands. The other queries read this view.
CREATE OR REPLACE VIEW documents AS
SELECT *
FROM pre_annotations
QUALIFY row_number() OVER (
  PARTITION BY source.topic, source.partition, source.offset,  -- of the input record
    source.timestamp_ms,  -- a topic that was deleted and made again has the same offsets at other times
    source.file,          -- of records of `prelabel label`, which have no topic
    task.name             -- tasks may share a table
  ORDER BY run.labeled_at DESC
) = 1;
