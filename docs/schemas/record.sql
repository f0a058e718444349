-- PostgreSQL, DuckDB and SQLite. Objects are prefixed columns, lists are JSON.
CREATE TABLE pre_annotations (
  -- the document's id
  "id" TEXT NOT NULL,
  -- the document as it was labeled; empty when status is text_dropped
  "text" TEXT NOT NULL,
  -- the task's name
  "task_name" TEXT NOT NULL,
  -- what was asked for
  "task_kind" TEXT NOT NULL,
  -- hash of all that shapes the prompt and the accepted answers
  "task_version" TEXT NOT NULL,
  -- partial: something was discarded or salvaged; text_dropped: the record would have exceeded max_record_bytes
  "status" TEXT NOT NULL,
  -- by start, then longest first
  "entities" JSON NOT NULL,
  -- between entities; of relations
  "relations" JSON,
  -- of the whole document; of classification
  "labels" JSON,
  -- extracted values; of extraction
  "fields" JSON,
  -- a text the model wrote; of translation
  "output_text" TEXT,
  -- what the model said that is no entity
  "discarded" JSON NOT NULL,
  -- what input.pass lets through from the input; a JSON object
  "metadata" JSON,
  -- who ran the model
  "model_provider" TEXT NOT NULL,
  -- the model that was asked
  "model_name" TEXT NOT NULL,
  -- the model that answered, as the reply names it; null when it names none
  "model_answered_by" TEXT,
  -- why the last answer ended
  "model_finish_reason" TEXT NOT NULL,
  -- the provider's ids of the answers, for support requests and bills
  "model_response_ids" JSON NOT NULL,
  -- what the model said, word for word; only with output.include_raw_answer; null when dropped
  "model_raw_answer" TEXT,
  -- answers used for this document, and other replies that were charged
  "usage_requests" BIGINT NOT NULL,
  -- all input tokens, cached ones too
  "usage_input_tokens" BIGINT NOT NULL,
  -- of these, read from the provider's prompt cache
  "usage_cached_input_tokens" BIGINT NOT NULL,
  -- as the provider counts them
  "usage_output_tokens" BIGINT NOT NULL,
  -- what this document cost, in US dollars; null when no price is configured or the server did not count an answer's tokens
  "usage_cost_usd" DOUBLE PRECISION,
  -- topic of the input record
  "source_topic" TEXT,
  -- of the topic
  "source_partition" INTEGER,
  -- path of the input file, instead of a topic
  "source_file" TEXT,
  -- where the document begins in the file, counted from 1
  "source_line" BIGINT,
  -- of the input record in its partition; of a file, which document it is, from 0
  "source_offset" BIGINT NOT NULL,
  -- of the input record, milliseconds since 1970 UTC; null where it has none
  "source_timestamp_ms" BIGINT,
  -- calls made for this document; 0 when its answer was there already
  "run_attempts" INTEGER NOT NULL,
  -- where the answer came from
  "run_cache" TEXT NOT NULL,
  -- of the call that was answered last; null when no call was made
  "run_latency_ms" BIGINT,
  -- when the record was made, ISO 8601 in UTC with milliseconds
  "run_labeled_at" TIMESTAMPTZ NOT NULL,
  -- of prelabel
  "run_version" TEXT NOT NULL
);

-- DuckDB, from a file of records; what a record does not have becomes NULL:
-- INSERT INTO pre_annotations SELECT
--   "id",
--   "text",
--   "task"."name",
--   "task"."kind",
--   "task"."version",
--   "status",
--   "entities",
--   "relations",
--   "labels",
--   "fields",
--   "output_text",
--   "discarded",
--   "metadata",
--   "model"."provider",
--   "model"."name",
--   "model"."answered_by",
--   "model"."finish_reason",
--   "model"."response_ids",
--   "model"."raw_answer",
--   "usage"."requests",
--   "usage"."input_tokens",
--   "usage"."cached_input_tokens",
--   "usage"."output_tokens",
--   "usage"."cost_usd",
--   "source"."topic",
--   "source"."partition",
--   "source"."file",
--   "source"."line",
--   "source"."offset",
--   "source"."timestamp_ms",
--   "run"."attempts",
--   "run"."cache",
--   "run"."latency_ms",
--   "run"."labeled_at",
--   "run"."version"
-- FROM read_json('labeled.jsonl', format = 'newline_delimited', columns = {
--   "id": 'TEXT',
--   "text": 'TEXT',
--   "task": 'STRUCT("name" TEXT, "kind" TEXT, "version" TEXT)',
--   "status": 'TEXT',
--   "entities": 'JSON',
--   "relations": 'JSON',
--   "labels": 'JSON',
--   "fields": 'JSON',
--   "output_text": 'TEXT',
--   "discarded": 'JSON',
--   "metadata": 'JSON',
--   "model": 'STRUCT("provider" TEXT, "name" TEXT, "answered_by" TEXT, "finish_reason" TEXT, "response_ids" JSON, "raw_answer" TEXT)',
--   "usage": 'STRUCT("requests" BIGINT, "input_tokens" BIGINT, "cached_input_tokens" BIGINT, "output_tokens" BIGINT, "cost_usd" DOUBLE PRECISION)',
--   "source": 'STRUCT("topic" TEXT, "partition" INTEGER, "file" TEXT, "line" BIGINT, "offset" BIGINT, "timestamp_ms" BIGINT)',
--   "run": 'STRUCT("attempts" INTEGER, "cache" TEXT, "latency_ms" BIGINT, "labeled_at" TIMESTAMPTZ, "version" TEXT)'
-- });

-- PostgreSQL:
-- CREATE TEMPORARY TABLE raw (record JSON);
-- \copy raw FROM 'labeled.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
-- INSERT INTO pre_annotations SELECT
--   record #>> '{id}',
--   record #>> '{text}',
--   record #>> '{task,name}',
--   record #>> '{task,kind}',
--   record #>> '{task,version}',
--   record #>> '{status}',
--   record #> '{entities}',
--   record #> '{relations}',
--   record #> '{labels}',
--   record #> '{fields}',
--   record #>> '{output_text}',
--   record #> '{discarded}',
--   record #> '{metadata}',
--   record #>> '{model,provider}',
--   record #>> '{model,name}',
--   record #>> '{model,answered_by}',
--   record #>> '{model,finish_reason}',
--   record #> '{model,response_ids}',
--   record #>> '{model,raw_answer}',
--   (record #>> '{usage,requests}')::BIGINT,
--   (record #>> '{usage,input_tokens}')::BIGINT,
--   (record #>> '{usage,cached_input_tokens}')::BIGINT,
--   (record #>> '{usage,output_tokens}')::BIGINT,
--   (record #>> '{usage,cost_usd}')::DOUBLE PRECISION,
--   record #>> '{source,topic}',
--   (record #>> '{source,partition}')::INTEGER,
--   record #>> '{source,file}',
--   (record #>> '{source,line}')::BIGINT,
--   (record #>> '{source,offset}')::BIGINT,
--   (record #>> '{source,timestamp_ms}')::BIGINT,
--   (record #>> '{run,attempts}')::INTEGER,
--   record #>> '{run,cache}',
--   (record #>> '{run,latency_ms}')::BIGINT,
--   (record #>> '{run,labeled_at}')::TIMESTAMPTZ,
--   record #>> '{run,version}'
-- FROM raw;
