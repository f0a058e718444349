-- Spark SQL. Create the table before the first record arrives: a sink that makes it from data
-- turns times into strings, empty lists into nulls and the first 0 into an integer column.
CREATE TABLE pre_annotations (
  `id` STRING NOT NULL COMMENT 'the document\'s id',
  `text` STRING NOT NULL COMMENT 'the document as it was labeled; empty when status is text_dropped',
  `task` STRUCT<
    `name`: STRING NOT NULL COMMENT 'the task\'s name',
    `kind`: STRING NOT NULL COMMENT 'what was asked for',
    `version`: STRING NOT NULL COMMENT 'hash of all that shapes the prompt and the accepted answers'> NOT NULL COMMENT 'what was asked',
  `status` STRING NOT NULL COMMENT 'partial: something was discarded or salvaged; text_dropped: the record would have exceeded max_record_bytes',
  `entities` ARRAY<STRUCT<
    `id`: STRING NOT NULL COMMENT 'e1, e2, ... in this record',
    `label`: STRING NOT NULL COMMENT 'one of the task\'s labels',
    `text`: STRING NOT NULL COMMENT 'the document\'s text from start to end, byte for byte',
    `start`: BIGINT NOT NULL COMMENT 'first code point',
    `end`: BIGINT NOT NULL COMMENT 'code point after the last',
    `start_utf8`: BIGINT NOT NULL COMMENT 'first byte of the UTF-8 text',
    `end_utf8`: BIGINT NOT NULL COMMENT 'byte after the last',
    `start_utf16`: BIGINT NOT NULL COMMENT 'first UTF-16 unit, as JavaScript and Java count',
    `end_utf16`: BIGINT NOT NULL COMMENT 'UTF-16 unit after the last',
    `match`: STRING NOT NULL COMMENT 'exact, or equal but for case, white space and Unicode form',
    `confidence`: DOUBLE COMMENT 'how sure this is, 0 to 1; null when nothing measured it'>> NOT NULL COMMENT 'by start, then longest first',
  `relations` ARRAY<STRUCT<
    `label`: STRING NOT NULL COMMENT 'what relates the two',
    `head`: STRING NOT NULL COMMENT 'id of the entity it starts from',
    `tail`: STRING NOT NULL COMMENT 'id of the entity it leads to',
    `confidence`: DOUBLE COMMENT 'how sure this is, 0 to 1; null when nothing measured it'>> COMMENT 'between entities; of relations',
  `labels` ARRAY<STRUCT<
    `label`: STRING NOT NULL COMMENT 'one of the task\'s labels',
    `confidence`: DOUBLE COMMENT 'how sure this is, 0 to 1; null when nothing measured it'>> COMMENT 'of the whole document; of classification',
  `fields` STRING COMMENT 'extracted values; of extraction',
  `output_text` STRING COMMENT 'a text the model wrote; of translation',
  `discarded` ARRAY<STRUCT<
    `label`: STRING NOT NULL COMMENT 'as the model gave it',
    `text`: STRING NOT NULL COMMENT 'as the model gave it',
    `reason`: STRING NOT NULL COMMENT 'why it is no entity'>> NOT NULL COMMENT 'what the model said that is no entity',
  `metadata` STRING COMMENT 'what input.pass lets through from the input; a JSON object',
  `model` STRUCT<
    `provider`: STRING NOT NULL COMMENT 'who ran the model',
    `name`: STRING NOT NULL COMMENT 'the model that was asked',
    `answered_by`: STRING COMMENT 'the model that answered, as the reply names it; null when it names none',
    `finish_reason`: STRING NOT NULL COMMENT 'why the last answer ended',
    `response_ids`: ARRAY<STRING> NOT NULL COMMENT 'the provider\'s ids of the answers, for support requests and bills',
    `raw_answer`: STRING COMMENT 'what the model said, word for word; only with output.include_raw_answer; null when dropped'> NOT NULL COMMENT 'who answered',
  `usage` STRUCT<
    `requests`: BIGINT NOT NULL COMMENT 'answers used for this document, and other replies that were charged',
    `input_tokens`: BIGINT NOT NULL COMMENT 'all input tokens, cached ones too',
    `cached_input_tokens`: BIGINT NOT NULL COMMENT 'of these, read from the provider\'s prompt cache',
    `output_tokens`: BIGINT NOT NULL COMMENT 'as the provider counts them',
    `cost_usd`: DOUBLE COMMENT 'what this document cost, in US dollars; null when no price is configured or the server did not count an answer\'s tokens'> NOT NULL COMMENT 'what was paid for this document',
  `source` STRUCT<
    `topic`: STRING COMMENT 'topic of the input record',
    `partition`: INT COMMENT 'of the topic',
    `file`: STRING COMMENT 'path of the input file, instead of a topic',
    `line`: BIGINT COMMENT 'where the document begins in the file, counted from 1',
    `offset`: BIGINT NOT NULL COMMENT 'of the input record in its partition; of a file, which document it is, from 0',
    `timestamp_ms`: BIGINT COMMENT 'of the input record, milliseconds since 1970 UTC; null where it has none'> NOT NULL COMMENT 'where the document came from',
  `run` STRUCT<
    `attempts`: INT NOT NULL COMMENT 'calls made for this document; 0 when its answer was there already',
    `cache`: STRING NOT NULL COMMENT 'where the answer came from',
    `latency_ms`: BIGINT COMMENT 'of the call that was answered last; null when no call was made',
    `labeled_at`: TIMESTAMP NOT NULL COMMENT 'when the record was made, ISO 8601 in UTC with milliseconds',
    `version`: STRING NOT NULL COMMENT 'of prelabel'> NOT NULL COMMENT 'how this record was made')
USING iceberg
PARTITIONED BY (days(run.labeled_at))
TBLPROPERTIES (
  'format-version' = '2',
  'write.metadata.delete-after-commit.enabled' = 'true',
  'write.metadata.previous-versions-max' = '100');
