"""CloudEvents 1.0 in JSON, instead of the envelope of `kitt.v1`: https://github.com/cloudevents/spec"""
