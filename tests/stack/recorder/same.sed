# What differs from run to run, by its shape or its key. Each becomes something fixed that reads the same way.

# The fractions of moments; a moment of the recording has one with three digits or nine.
s/(2026-11-20T13:00:00)\.[0-9]{1,3}([^0-9])/\1.123\2/g
s/(2026-11-20T13:00:00)\.[0-9]{4,9}/\1.123456789/g
# The ports of those who ask.
s/127\.0\.0\.1:[0-9]{5}\b/127.0.0.1:50000/g
# The machine.
s/^(x-server-hostname: ).*/\1localhost/
s/"hostname":"[^"]*"/"hostname":"localhost"/g

# How long something took.
s/"(evaluationTime|lastScrapeDuration|evalTotalTime|resultSortTime|queryPreparationTime|innerEvalTime|execQueueTime|execTotalTime)":[0-9.e-]+/"\1":0.000123/g
s/"took":[0-9]+/"took":3/g
s/"executionTimeMsec":[0-9]+/"executionTimeMsec":1/g
# How much there is of what nobody asked for.
s/"goroutineCount":[0-9]+/"goroutineCount":32/
s/"(numSeries|numLabelPairs|chunkCount)":[0-9]+/"\1":12/g
s/"(minTime|maxTime)":[0-9]+/"\1":1795179600000/g
# The ids that a search engine gives itself, its shards and its contexts. (Those of indices are kept by name.)
s/"(node|id|ephemeral_id|cluster_uuid|nodes)"( ?: ?\{?)"[A-Za-z0-9_-]{22}"/"\1"\2"AAAAAAAAAAAAAAAAAAAAAA"/g
s/context found for id \[[0-9]+\]/context found for id [42]/g
s/"creation_time":[0-9]+/"creation_time":1795179600000/
