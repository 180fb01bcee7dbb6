# SPDX-License-Identifier: MIT
# Each command must succeed. An earlier prefix goes: it would hide a file that is installed no more.
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "failed with ${status}: ${ARGN}")
    endif()
endfunction()

set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${prefix} ${work}/build)
run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix} --config ${config})
run(${CMAKE_COMMAND} -S ${source} -B ${work}/build -G Ninja
    -DCMAKE_BUILD_TYPE=${config} -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_PREFIX_PATH=${prefix})
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/embedding)
run(${work}/build/counter)
