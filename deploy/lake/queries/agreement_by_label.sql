-- Do two labelings of the same documents agree, and on which labels do they not? The last labeling of each document is
-- compared with the one before by another version of the task or another model: before and after a change of the prompt.
-- An entity is the same if its label, start and end are. Agreement is the F1 of one against the other; neither is gold.
WITH labelings AS (  -- one for each document, version and model
  SELECT
    {'source': source, 'task': task.name} AS document, run.labeled_at AS labeled_at, entities
  FROM pre_annotations
  QUALIFY row_number() OVER (PARTITION BY document, task.version, model.name ORDER BY labeled_at DESC) = 1
), compared AS (
  SELECT
    document, entities,
    lead(entities) OVER (PARTITION BY document ORDER BY labeled_at DESC) AS before,
    row_number() OVER (PARTITION BY document ORDER BY labeled_at DESC) AS age
  FROM labelings
  QUALIFY age = 1 AND before IS NOT NULL
), mentions AS (
  SELECT document, 'now' AS side, unnest(entities) AS entity FROM compared
  UNION ALL
  SELECT document, 'before' AS side, unnest(before) AS entity FROM compared
), matched AS (
  SELECT entity.label AS label, bool_or(side = 'now') AS now, bool_or(side = 'before') AS before
  FROM mentions
  GROUP BY document, entity.label, entity.start, entity."end"
)
SELECT
  label,
  count(*) FILTER (now AND before) AS in_both,
  count(*) FILTER (before AND NOT now) AS only_before,
  count(*) FILTER (now AND NOT before) AS only_now,
  2 * in_both / (2 * in_both + only_before + only_now) AS agreement
FROM matched
GROUP BY label
ORDER BY agreement, label;
