"""How commands are used, in Chinese: what click says of a wrong option, argument or command.

Owns: the sentences, and showing them. Not here: what commands say themselves (``words_chinese``).
"""

from __future__ import annotations

import click

from ivr.chinese import Sentences

USAGE = {
    "Missing command.": "缺少子命令。",
    "Missing argument {}.": "缺少参数 {}。",
    "Missing argument {}. {}": "缺少参数 {}。{}",
    "Missing option {}.": "缺少选项 {}。",
    "Missing option {}. {}": "缺少选项 {}。{}",
    "Choose from:\n{}": "可选：\n{}",
    "No such command {}.": "没有子命令 {}。",
    "No such command {}. Did you mean {}?": "没有子命令 {}。您是不是想用 {}？",
    "No such command {}. (Did you mean one of: {}?)": "没有子命令 {}。（您是不是想用其中之一：{}？）",
    "No such option {}.": "没有选项 {}。",
    "No such option {}. Did you mean {}?": "没有选项 {}。您是不是想用 {}？",
    "No such option {}. (Did you mean one of: {}?)": "没有选项 {}。（您是不是想用其中之一：{}？）",
    "Invalid value: {}": "值不对：{}",
    "Invalid value for {}: {}": "{} 的值不对：{}",
    "Option {} requires an argument.": "选项 {} 后面要有值。",
    "Option {} requires {} arguments.": "选项 {} 后面要有 {} 个值。",
    "Option {} does not take a value.": "选项 {} 不带值。",
    "Argument {} takes {} values.": "参数 {} 要有 {} 个值。",
    "Got unexpected extra argument ({})": "多了参数（{}）",
    "Got unexpected extra arguments ({})": "多了参数（{}）",
    "{} is not one of {}.": "{} 不在 {} 之中。",
    "{} is not a valid integer.": "{} 不是整数。",
    "{} is not a valid float.": "{} 不是数字。",
    "{} is not a valid boolean.": "{} 不是 yes 或 no。",
    "{} is not a valid boolean. {}": "{} 不是 yes 或 no。",
    "{} is not in the range {}.": "{} 不在范围 {} 内。",
    "Path {} does not exist.": "路径 {} 不存在。",
    "Path {} is a file.": "路径 {} 是文件。",
    "Path {} is a directory.": "路径 {} 是文件夹。",
    "Path {} is not readable.": "路径 {} 不可读。",
    "Path {} is not writable.": "路径 {} 不可写。",
    "File {} does not exist.": "文件 {} 不存在。",
    "File {} is a directory.": "文件 {} 是文件夹。",
    "File {} is not readable.": "文件 {} 不可读。",
    "File {} is not writable.": "文件 {} 不可写。",
    "Directory {} does not exist.": "文件夹 {} 不存在。",
    "Directory {} is a file.": "文件夹 {} 是文件。",
    "Directory {} is not readable.": "文件夹 {} 不可读。",
}


def usage_line(context: click.Context | None) -> str:
    """How the command is called, and how to learn more."""
    if context is None:
        return ""
    usage = context.get_usage().replace("Usage:", "用法：", 1).replace("[OPTIONS]", "[选项]")
    usage = usage.replace("COMMAND [ARGS]...", "子命令 [参数]...")
    options = context.command.get_help_option_names(context)
    return f"{usage}\n用 '{context.command_path} {max(options, key=len)}' 查看说明。\n\n" if options else f"{usage}\n\n"


def usage_in_chinese(error: click.ClickException) -> str:
    """The whole of what is shown for an error of usage."""
    head = usage_line(error.ctx) if isinstance(error, click.UsageError) else ""
    return f"{head}错误：{Sentences(USAGE).translate(error.format_message())}"
