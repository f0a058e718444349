{{/* How many workers there are. */}}

{{- define "prelabel.autoscaled" -}}
{{- if or .Values.autoscaling.hpa.enabled .Values.autoscaling.keda.enabled }}true{{ end -}}
{{- end }}

{{/* `spec.replicas`. With an autoscaler the number that runs stays: without the field, Kubernetes would make it 1 in the
     release that brings the autoscaler. Where the chart cannot ask the cluster, `replicaCount` says it, or nothing. */}}
{{- define "prelabel.replicas" -}}
{{- if include "prelabel.autoscaled" . -}}
{{- $live := lookup "apps/v1" (include "prelabel.kind" .) .Release.Namespace (include "prelabel.fullname" .) -}}
{{- /* Also where a Deployment becomes a StatefulSet, or the other way round. */ -}}
{{- range list "Deployment" "StatefulSet" -}}
{{- if not $live }}{{ $live = lookup "apps/v1" . $.Release.Namespace (include "prelabel.fullname" $) }}{{ end -}}
{{- end -}}
{{- if $live -}}
{{- $running := int ((($live).spec).replicas) -}}
{{- /* An HPA does not touch a workload of 0; KEDA does. */ -}}
{{- if and (eq $running 0) .Values.autoscaling.hpa.enabled }}{{ $running = int .Values.autoscaling.minReplicas }}{{ end -}}
{{- min $running (int (include "prelabel.mostReplicas" .)) -}}
{{- else if not (kindIs "invalid" .Values.replicaCount) -}}
{{- int .Values.replicaCount -}}
{{- end -}}
{{- else -}}
{{- include "prelabel.mostReplicas" . -}}
{{- end -}}
{{- end }}

{{/* Chooses this release's series in Prometheus; both monitors set these labels. */}}
{{- define "prelabel.selector" -}}
{{- default (printf "namespace=%q,job=%q" .Release.Namespace (include "prelabel.fullname" .)) .Values.autoscaling.selector -}}
{{- end }}

{{/* The lag that is worth workers. While most of the waiting is for the model's quota, or the workers are paused, more
     of them would only move partitions: then it is at most what the present number is worth. */}}
{{- define "prelabel.lagWithinQuota" -}}
{{- $s := include "prelabel.selector" . -}}
{{- $shares := or .Values.accountLimits.requestsPerMinute .Values.accountLimits.tokensPerMinute -}}
{{- $reasons := .Values.autoscaling.quotaReasons | default (ternary (list "provider") (list "tokens" "requests" "provider") (not (empty $shares))) -}}
{{- /* While a partition moves, two workers show it. */ -}}
{{- $lag := printf "sum(max by (topic, partition) (prelabel_consumer_lag_records{%s}))" $s -}}
{{- $held := printf "count(prelabel_paused{%s}) * %d" $s (int64 .Values.autoscaling.lagPerReplica) -}}
(
  {{ $lag }}
  unless (
    sum(rate(prelabel_wait_seconds_total{ {{- $s }},reason=~"{{ join "|" $reasons }}"}[5m]))
      > 0.5 * sum(rate(prelabel_wait_seconds_total{ {{- $s -}} }[5m]))
    or avg(prelabel_paused{ {{- $s -}} }) > 0.5
  )
)
or {{ $lag }} < {{ $held }}
or {{ $held }}
{{- end }}
