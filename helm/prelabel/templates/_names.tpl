{{/* Names and labels. */}}

{{- define "prelabel.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* At most 52 characters: a StatefulSet adds a hash and a number to the names of its pods. */}}
{{- define "prelabel.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "prelabel.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What pods of this release have in common, the test's too. */}}
{{- define "prelabel.releaseLabels" -}}
app.kubernetes.io/name: {{ include "prelabel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "prelabel.selectorLabels" -}}
{{ include "prelabel.releaseLabels" . }}
app.kubernetes.io/component: worker
{{- end }}

{{/* "prelabel.labels" (list $ component) */}}
{{- define "prelabel.labels" -}}
{{- $root := index . 0 -}}
{{- $own := merge (include "prelabel.releaseLabels" $root | fromYaml) (dict
      "app.kubernetes.io/component" (index . 1)
      "app.kubernetes.io/version" (default $root.Chart.AppVersion $root.Values.image.tag | trunc 63 | trimSuffix "-")
      "app.kubernetes.io/part-of" "prelabel"
      "app.kubernetes.io/managed-by" $root.Release.Service
      "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")) -}}
{{- merge $own (deepCopy $root.Values.commonLabels) | toYaml -}}
{{- end }}

{{/* The metadata of an object: "prelabel.metadata" (list $ component suffix labels annotations) */}}
{{- define "prelabel.metadata" -}}
{{- $root := index . 0 -}}
{{- $labels := include "prelabel.labels" (list $root (index . 1)) | fromYaml -}}
{{- $annotations := deepCopy $root.Values.commonAnnotations -}}
{{- if gt (len .) 3 }}{{ $labels = mergeOverwrite $labels (index . 3) }}{{ end -}}
{{- if gt (len .) 4 }}{{ $annotations = mergeOverwrite $annotations (index . 4) }}{{ end -}}
name: {{ include "prelabel.fullname" $root }}{{ index . 2 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "prelabel.serviceAccountName" -}}
{{- ternary (default (include "prelabel.fullname" .) .Values.serviceAccount.name) (default "default" .Values.serviceAccount.name) .Values.serviceAccount.create -}}
{{- end }}

{{- define "prelabel.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end -}}
{{- end }}

{{- define "prelabel.stable" -}}
{{- if or .Values.stableIdentity .Values.persistence.enabled }}true{{ end -}}
{{- end }}

{{- define "prelabel.kind" -}}
{{- ternary "StatefulSet" "Deployment" (eq (include "prelabel.stable" .) "true") -}}
{{- end }}
