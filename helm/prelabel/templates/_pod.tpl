{{/* Parts that the worker, its init container and the test share. */}}

{{- define "prelabel.env" -}}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
{{- with .Values.kafka.sasl }}
{{- if .mechanism }}
- name: KAFKA_USERNAME
  {{- if .username }}
  value: {{ .username | quote }}
  {{- else }}
  valueFrom:
    secretKeyRef: {name: {{ .existingSecret }}, key: {{ .usernameKey | quote }}}
  {{- end }}
- name: KAFKA_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .existingSecret }}, key: {{ .passwordKey | quote }}}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Secrets are mounted as folders, never as single files: only then does a change reach a running pod. */}}
{{- define "prelabel.volumeMounts" -}}
{{- if .Values.persistence.enabled }}
- name: state
  mountPath: {{ .Values.persistence.path }}
{{- end }}
- name: config
  mountPath: /etc/prelabel
  readOnly: true
{{- if .Values.existingSecret }}
- name: secret
  mountPath: /run/secrets/prelabel
  readOnly: true
{{- end }}
{{- with .Values.kafka.tls }}
{{- if and .enabled .caSecret }}
- name: kafka-ca
  mountPath: /run/secrets/kafka-ca
  readOnly: true
{{- end }}
{{- if and .enabled .certSecret }}
- name: kafka-cert
  mountPath: /run/secrets/kafka-cert
  readOnly: true
{{- end }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "prelabel.volumes" -}}
- name: config
  configMap:
    name: {{ include "prelabel.fullname" . }}
{{- with .Values.existingSecret }}
- name: secret
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.kafka.tls }}
{{- if and .enabled .caSecret }}
- name: kafka-ca
  secret:
    secretName: {{ .caSecret }}
    defaultMode: 0440
{{- end }}
{{- if and .enabled .certSecret }}
- name: kafka-cert
  secret:
    secretName: {{ .certSecret }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A container that runs prelabel: "prelabel.container" (list $ name arguments) */}}
{{- define "prelabel.container" -}}
{{- $root := index . 0 -}}
- name: {{ index . 1 }}
  image: {{ include "prelabel.image" $root }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args:
    {{- toYaml (index . 2) | nindent 4 }}
  env:
    {{- include "prelabel.env" $root | nindent 4 }}
  {{- with $root.Values.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $root.Values.securityContext | nindent 4 }}
  resources:
    {{- toYaml $root.Values.resources | nindent 4 }}
  # What a container says last is in `kubectl describe pod`.
  terminationMessagePolicy: FallbackToLogsOnError
{{- end }}

{{/* "prelabel.probe" (list path fields) */}}
{{- define "prelabel.probe" -}}
{{- $probe := deepCopy (index . 1) -}}
{{- if not (or (hasKey $probe "exec") (hasKey $probe "tcpSocket") (hasKey $probe "grpc")) -}}
{{- $probe = merge $probe (dict "httpGet" (dict "path" (index . 0) "port" "admin")) -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end }}

{{/* How pods are placed; shared by workers and the test. */}}
{{- define "prelabel.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- end }}
