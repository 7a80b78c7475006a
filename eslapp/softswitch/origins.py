"""Where in FreeSWITCH 1.10.12 each event is raised, and whether it carries the channel's variables. A table, no logic.

Not here: the headers themselves (``channel_events.py``).
"""

from __future__ import annotations

Origin = tuple[str, str, str]  # C source file, function, line

ORIGINS: dict[str, Origin] = {
    "API": ("switch_loadable_module.c", "switch_api_execute", "2954"),
    "ADD_SCHEDULE": ("switch_scheduler.c", "switch_scheduler_add_task_ex", "266"),
    "DEL_SCHEDULE": ("switch_scheduler.c", "task_thread_loop", "151"),
    "EXE_SCHEDULE": ("switch_scheduler.c", "switch_scheduler_execute", "65"),
    "RE_SCHEDULE": ("switch_scheduler.c", "switch_scheduler_execute", "73"),
    "BACKGROUND_JOB": ("mod_event_socket.c", "api_exec", "1572"),
    "CALL_UPDATE": ("mod_sofia.c", "sofia_receive_message", "2100"),
    "CHANNEL_ANSWER": ("switch_channel.c", "switch_channel_perform_mark_answered", "3846"),
    "CHANNEL_BRIDGE": ("switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", "1689"),
    "CHANNEL_CALLSTATE": ("switch_channel.c", "switch_channel_perform_set_callstate", "301"),
    "CHANNEL_CREATE": ("switch_core_state_machine.c", "switch_core_session_run", "626"),
    "CHANNEL_DATA": ("mod_event_socket.c", "parse_command", "2021"),
    "CHANNEL_DESTROY": ("switch_core_session.c", "switch_core_session_perform_destroy", "1584"),
    "CHANNEL_EXECUTE": ("switch_core_session.c", "switch_core_session_exec", "2944"),
    "CHANNEL_EXECUTE_COMPLETE": ("switch_core_session.c", "switch_core_session_exec", "2967"),
    "CHANNEL_HANGUP": ("switch_channel.c", "switch_channel_perform_hangup", "3445"),
    "CHANNEL_HANGUP_COMPLETE": ("switch_core_state_machine.c", "switch_core_session_reporting_state", "943"),
    "CHANNEL_HOLD": ("switch_channel.c", "switch_channel_mark_hold", "875"),
    "CHANNEL_ORIGINATE": ("switch_core_state_machine.c", "switch_core_session_run", "632"),
    "CHANNEL_OUTGOING": ("switch_core_session.c", "switch_core_session_outgoing_channel", "768"),
    "CHANNEL_PARK": ("switch_ivr.c", "switch_ivr_park", "1002"),
    "CHANNEL_PROGRESS": ("switch_channel.c", "switch_channel_perform_mark_ring_ready_value", "3505"),
    "CHANNEL_PROGRESS_MEDIA": ("switch_channel.c", "switch_channel_perform_mark_pre_answered", "3560"),
    "CHANNEL_STATE": ("switch_channel.c", "switch_channel_perform_set_running_state", "2408"),
    "CHANNEL_UNBRIDGE": ("switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", "1879"),
    "CHANNEL_UNHOLD": ("switch_channel.c", "switch_channel_mark_hold", "875"),
    "CHANNEL_UNPARK": ("switch_ivr.c", "switch_ivr_park", "1213"),
    "CODEC read": ("switch_core_codec.c", "switch_core_session_set_real_read_codec", "168"),
    "CODEC read again": ("switch_core_codec.c", "switch_core_session_set_read_codec", "249"),
    "COMMAND": ("switch_core_session.c", "switch_core_session_execute_application_async", "2692"),
    "COMMAND broadcast": ("switch_ivr_async.c", "switch_ivr_broadcast", "5731"),
    "COMMAND to the partner": ("switch_ivr_async.c", "switch_ivr_broadcast", "5699"),
    "COMMAND to hang up": ("switch_ivr_async.c", "switch_ivr_broadcast", "5754"),
    "CODEC write": ("switch_core_codec.c", "switch_core_session_set_write_codec", "450"),
    "CUSTOM filestring": ("mod_dptools.c", "next_file", "5033"),
    "CUSTOM sofia::expire": ("sofia_reg.c", "sofia_reg_del_callback", "726"),
    "CUSTOM sofia::pre_register": ("sofia_reg.c", "sofia_reg_handle_register_token", "1810"),
    "CUSTOM sofia::register": ("sofia_reg.c", "sofia_reg_handle_register_token", "2059"),
    "CUSTOM sofia::register_attempt": ("sofia_reg.c", "sofia_reg_handle_register_token", "1606"),
    "CUSTOM sofia::register_failure": ("sofia_reg.c", "sofia_reg_handle_register_token", "1792"),
    "CUSTOM sofia::unregister": ("sofia_reg.c", "sofia_reg_handle_register_token", "2213"),
    "DTMF": ("switch_channel.c", "switch_channel_dequeue_dtmf", "677"),
    "HEARTBEAT": ("switch_core.c", "send_heartbeat", "95"),
    "MEDIA_BUG_START": ("switch_core_media_bug.c", "switch_core_media_bug_add", "1014"),
    "MEDIA_BUG_STOP": ("switch_core_media_bug.c", "switch_core_media_bug_destroy", "84"),
    "PLAYBACK_START": ("switch_ivr_play_say.c", "switch_ivr_play_file", "1646"),
    "PLAYBACK_STOP": ("switch_ivr_play_say.c", "switch_ivr_play_file", "2020"),
    "PRIVATE_COMMAND": ("switch_ivr.c", "switch_ivr_parse_next_event", "804"),
    "PRESENCE_IN": ("switch_channel.c", "switch_channel_perform_presence", "805"),
    "RECORD_START": ("switch_ivr_async.c", "record_callback", "1481"),
    "RECORD_STOP": ("switch_ivr_async.c", "send_record_stop_event", "1240"),
    "RELOADXML": ("switch_xml.c", "switch_xml_open_root", "2475"),
    "sendevent": ("mod_event_socket.c", "parse_command", "2275"),
    "uuid_dump": ("mod_commands.c", "uuid_dump_function", "6468"),
    "app event": ("mod_dptools.c", "event_function", "1960"),
    "hold by api": ("switch_ivr.c", "switch_ivr_hold", "1558"),
    "unhold by api": ("switch_ivr.c", "switch_ivr_unhold", "1638"),
    "record app start": ("switch_ivr_play_say.c", "switch_ivr_record_file_event", "767"),
    "record app stop": ("switch_ivr_play_say.c", "switch_ivr_record_file_event", "1030"),
    "uuid_bridge A": ("switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", "1243"),
    "uuid_bridge B": ("switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", "1236"),
}

UNKNOWN: Origin = ("switch_event.c", "switch_event_fire", "1")

WITHOUT_VARIABLES = frozenset(
    {"CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_OUTGOING", "CODEC", "DTMF", "PRESENCE_IN", "CUSTOM", "RECV_INFO"}
)

WITH_VARIABLES = frozenset(
    """CHANNEL_CREATE CHANNEL_ORIGINATE CHANNEL_UUID CHANNEL_ANSWER CHANNEL_PARK CHANNEL_UNPARK CHANNEL_BRIDGE
    CHANNEL_UNBRIDGE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE REQUEST_PARAMS
    CHANNEL_DATA CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_DESTROY SESSION_HEARTBEAT API RECORD_START RECORD_STOP
    PLAYBACK_START PLAYBACK_STOP CALL_UPDATE MEDIA_BUG_START MEDIA_BUG_STOP CHANNEL_HOLD CHANNEL_UNHOLD TEXT
    CUSTOM""".split()
)  # whoever raises them

EVENT_NAMES = frozenset(
    """CUSTOM CLONE CHANNEL_CREATE CHANNEL_DESTROY CHANNEL_STATE CHANNEL_CALLSTATE CHANNEL_ANSWER CHANNEL_HANGUP
    CHANNEL_HANGUP_COMPLETE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_BRIDGE
    CHANNEL_UNBRIDGE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_OUTGOING CHANNEL_PARK CHANNEL_UNPARK
    CHANNEL_APPLICATION CHANNEL_ORIGINATE CHANNEL_UUID API LOG INBOUND_CHAN OUTBOUND_CHAN STARTUP SHUTDOWN PUBLISH
    UNPUBLISH TALK NOTALK SESSION_CRASH MODULE_LOAD MODULE_UNLOAD DTMF MESSAGE PRESENCE_IN NOTIFY_IN PRESENCE_OUT
    PRESENCE_PROBE MESSAGE_WAITING MESSAGE_QUERY ROSTER CODEC BACKGROUND_JOB DETECTED_SPEECH DETECTED_TONE
    PRIVATE_COMMAND HEARTBEAT TRAP ADD_SCHEDULE DEL_SCHEDULE EXE_SCHEDULE RE_SCHEDULE RELOADXML NOTIFY PHONE_FEATURE
    PHONE_FEATURE_SUBSCRIBE SEND_MESSAGE RECV_MESSAGE REQUEST_PARAMS CHANNEL_DATA GENERAL COMMAND SESSION_HEARTBEAT
    CLIENT_DISCONNECTED SERVER_DISCONNECTED SEND_INFO RECV_INFO RECV_RTCP_MESSAGE SEND_RTCP_MESSAGE CALL_SECURE NAT
    RECORD_START RECORD_STOP PLAYBACK_START PLAYBACK_STOP CALL_UPDATE FAILURE SOCKET_DATA MEDIA_BUG_START
    MEDIA_BUG_STOP CONFERENCE_DATA_QUERY CONFERENCE_DATA CALL_SETUP_REQ CALL_SETUP_RESULT CALL_DETAIL DEVICE_STATE
    TEXT SHUTDOWN_REQUESTED""".split()
)

MY_EVENTS = frozenset(
    """CHANNEL_ANSWER CHANNEL_APPLICATION CHANNEL_BRIDGE CHANNEL_CREATE CHANNEL_DATA CHANNEL_DESTROY CHANNEL_EXECUTE
    CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_ORIGINATE CHANNEL_OUTGOING CHANNEL_PARK
    CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_STATE CHANNEL_UNBRIDGE CHANNEL_UNPARK CHANNEL_UUID DETECTED_SPEECH
    DTMF NOTALK TALK""".split()
)

KNOWN_SUBCLASSES = frozenset(
    """conference::maintenance sofia::expire sofia::gateway_state sofia::pre_register sofia::register
    sofia::register_attempt sofia::register_failure sofia::reregister sofia::unregister""".split()
)  # what ``event ALL`` means besides the names
