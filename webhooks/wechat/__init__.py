"""What WeChat's official accounts, mini-programs and WeCom share: envelope, API, the forms of messages.

Not here: the channels themselves (``webhooks.channels``).
"""
