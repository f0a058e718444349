-- PostgreSQL and DuckDB. Objects are prefixed columns, lists are JSON.
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
  -- empty for ner
  "relations" JSON NOT NULL,
  -- of the whole document; empty for ner
  "labels" JSON NOT NULL,
  -- extracted values; null for ner
  "fields" JSON,
  -- a text the model wrote; null for ner
  "output_text" TEXT,
  -- what the model said that is no entity
  "discarded" JSON NOT NULL,
  -- who ran the model
  "model_provider" TEXT NOT NULL,
  -- the model that was asked
  "model_name" TEXT NOT NULL,
  -- the provider's ids of the answers, for support requests and bills
  "model_response_ids" JSON NOT NULL,
  -- answers used for this document
  "usage_requests" BIGINT NOT NULL,
  -- all input tokens, cached ones too
  "usage_input_tokens" BIGINT NOT NULL,
  -- of these, read from the provider's prompt cache
  "usage_cached_input_tokens" BIGINT NOT NULL,
  -- as the provider counts them
  "usage_output_tokens" BIGINT NOT NULL,
  -- what this document cost, in US dollars
  "usage_cost_usd" DOUBLE PRECISION NOT NULL,
  -- topic or file of the input record
  "source_topic" TEXT NOT NULL,
  -- 0 for files
  "source_partition" INTEGER NOT NULL,
  -- position of the input record
  "source_offset" BIGINT NOT NULL,
  -- of the input record, milliseconds since 1970 UTC; -1 where it has none
  "source_timestamp_ms" BIGINT NOT NULL,
  -- calls made for this document; 0 when its answer was there already
  "run_attempts" INTEGER NOT NULL,
  -- where the answer came from
  "run_cache" TEXT NOT NULL,
  -- when the record was made, ISO 8601 in UTC with milliseconds
  "run_labeled_at" TIMESTAMPTZ NOT NULL,
  -- of prelabel
  "run_version" TEXT NOT NULL
);
